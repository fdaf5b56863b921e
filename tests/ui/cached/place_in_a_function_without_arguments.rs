use larder::cached;

#[cached(key = "now:<zone>")]
fn now() -> u64 {
    5
}

fn main() {
    now();
}
