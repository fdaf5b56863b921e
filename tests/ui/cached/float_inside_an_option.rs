use larder::cached;

#[cached(key = "price:<amount>")]
fn price(amount: Option<f32>) -> String {
    format!("{amount:?}")
}

fn main() {
    price(None);
}
