use larder::cached;

#[cached]
fn hidden(id: u64) -> u64 {
    id
}

fn outer() -> u64 {
    #[cached]
    fn hidden(id: u64) -> u64 {
        id + 1
    }
    hidden(1)
}

fn main() {
    hidden(outer());
}
