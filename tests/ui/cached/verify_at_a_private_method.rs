use larder::cached;

struct Database;

impl Database {
    #[cached(key = "find:<id>", ignore(self), verify = 0.001)]
    fn find(&self, id: u64) -> u64 {
        id
    }
}

fn main() {
    Database.find(1);
}
