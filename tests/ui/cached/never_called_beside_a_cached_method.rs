#![deny(dead_code)]

use larder::cached;

struct Repo(u64);

impl Repo {
    #[cached(key = "load:<self.0>")]
    pub(self) fn load(&self) -> u64 {
        self.0
    }

    fn other(&self) {}
}

fn main() {
    Repo(1).load();
}
