use larder::cached;

fn outer() -> u64 {
    #[cached(ttl = 60)]
    fn nested(id: u64) -> u64 {
        id
    }
    nested(1)
}

fn main() {
    outer();
}
