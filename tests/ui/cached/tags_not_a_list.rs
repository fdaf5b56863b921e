use larder::cached;

#[cached(key = "post:<id>", tags = "posts")]
fn post(id: u64) -> u64 {
    id
}

fn main() {
    post::invalidate(1);
}
