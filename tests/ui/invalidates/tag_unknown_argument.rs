use larder::invalidates;

#[invalidates(tag = "author:<autor>")]
fn rename(author: u64) -> u64 {
    author
}

fn main() {
    rename(1);
}
