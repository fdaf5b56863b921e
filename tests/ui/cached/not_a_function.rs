use larder::cached;

#[cached(key = "made:<n>")]
struct Made {
    n: u64,
}

fn main() {
    let _ = Made { n: 1 }.n;
}
