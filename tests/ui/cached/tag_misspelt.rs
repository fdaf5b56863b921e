use larder::cached;

#[cached(key = "post:<author>:<id>", tags = ["author:<autor>"])]
fn post(author: u64, id: u64) -> u64 {
    author + id
}

fn main() {
    post::invalidate(1, 1);
}
