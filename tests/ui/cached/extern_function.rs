use larder::cached;

#[cached(key = "made:<n>")]
extern "C" fn made(n: u64) -> u64 {
    n
}

fn main() {
    let _ = made(1);
}
