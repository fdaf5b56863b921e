use larder::cached as memo;

#[memo(key = "made:<n>")]
#[memo(key = "made:again:<n>")]
fn made(n: u64) -> u64 {
    n
}

fn main() {
    made(1);
}
