use larder::cached;

#[cached(key = "made:<n>")]
fn made(n: &str) -> Option<&str> {
    Some(n)
}

fn main() {
    let _ = made("");
}
