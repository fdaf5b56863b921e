use larder::cached;

struct Repo {
    tenant: u64,
}

trait Loads {
    fn load(&self, id: u64) -> u64;
}

impl Loads for Repo {
    #[cached(key = "load:<self.tenant>,<id>", companion = load)]
    fn load(&self, id: u64) -> u64 {
        id + self.tenant
    }
}

fn main() {
    Repo { tenant: 1 }.load(1);
}
