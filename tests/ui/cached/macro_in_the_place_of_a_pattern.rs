use larder::cached;

macro_rules! pair {
    ($a:ident, $b:ident) => {
        ($a, $b)
    };
}

#[cached(key = "sum:<c>")]
fn sum(pair!(a, b): (u64, u64), c: u64) -> u64 {
    a + b + c
}

fn main() {}
