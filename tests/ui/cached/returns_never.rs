use larder::cached;

#[cached(key = "made:<n>")]
fn made(n: u64) -> ! {
    panic!("{n}");
}

fn main() {
    made(1);
}
