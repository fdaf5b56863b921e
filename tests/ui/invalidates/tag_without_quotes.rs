use larder::invalidates;

#[invalidates(tag = author)]
fn rename(author: u64) -> u64 {
    author
}

fn main() {
    rename(1);
}
