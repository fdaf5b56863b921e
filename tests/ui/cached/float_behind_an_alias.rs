use larder::cached;

type Amount = f64;

#[cached(key = "price:<amount>")]
fn price(amount: Amount) -> String {
    amount.to_string()
}

fn main() {
    price(0.5);
}
