use larder::cached;

#[cached(key = "made:<n>")]
fn made(n: u64) {
    println!("{n}");
}

fn main() {
    made(1);
}
