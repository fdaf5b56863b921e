use larder::cached;

trait Makes {
    #[cached(key = "made:<n>", ignore(self))]
    fn made(&self, n: u64) -> u64;
}

impl Makes for u64 {
    fn made(&self, n: u64) -> u64 {
        n + self
    }
}

fn main() {
    5.made(1);
}
