use larder::cached;

#[cached(key = "post:<id>", tags = ["author:<author>"], ignore(author))]
fn post(author: u64, id: u64) -> u64 {
    author + id
}

fn main() {
    post::invalidate(1);
}
