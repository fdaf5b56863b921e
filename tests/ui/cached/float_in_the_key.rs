use larder::cached;

#[cached(key = "price:<amount>")]
fn price(amount: f64) -> String {
    amount.to_string()
}

fn main() {
    price(0.5);
}
