use larder::cached;

#[cached(key = "post:<id>", tags = [])]
fn post(id: u64) -> u64 {
    id
}

fn main() {
    post::invalidate(1);
}
