use larder::cached;

trait Loads {
    #[cached(key = "load:<id>")]
    fn load(id: u64) -> u64 {
        id
    }
}

struct Repo;

impl Loads for Repo {}

fn main() {
    Repo::load(1);
}
