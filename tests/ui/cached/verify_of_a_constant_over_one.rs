use larder::cached;

const PART: f32 = 5.0;

#[cached(key = "profile:<id>", verify = PART)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile(1);
}
