#[larder::cached(key = "list:<tag>")]
fn list(tag: Option<String>) -> u64 {
    tag.map_or(0, |_| 1)
}

#[larder::invalidates(list(tag.clone()))]
fn save(tag: Option<String>) {
    drop(tag);
}

fn main() {
    save(None);
    list::invalidate(None);
}
