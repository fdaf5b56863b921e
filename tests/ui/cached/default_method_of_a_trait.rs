use larder::cached;

struct Repo;

trait Loads {
    #[cached(key = "load:<id>", ignore(self))]
    fn load(&self, id: u64) -> u64 {
        id
    }
}

impl Loads for Repo {}

fn main() {
    Repo.load(1);
}
