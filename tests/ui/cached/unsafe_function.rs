use larder::cached;

#[cached(key = "made:<n>")]
unsafe fn made(n: u64) -> u64 {
    n
}

fn main() {
    let _ = unsafe { made(1) };
}
