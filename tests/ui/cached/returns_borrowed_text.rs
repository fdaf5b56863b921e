use larder::cached;

#[cached(key = "made:<n>")]
fn made(n: &str) -> &str {
    n
}

fn main() {
    let _ = made("");
}
