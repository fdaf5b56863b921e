use larder::cached;

#[cached(key = "made:<n>")]
#[cached(key = "made:again:<n>")]
fn made(n: u64) -> u64 {
    n
}

fn main() {
    made(1);
}
