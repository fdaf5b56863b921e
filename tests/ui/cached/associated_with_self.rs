use larder::cached;

struct Repo {
    tenant: u64,
}

impl Repo {
    #[cached(key = "load:<self.tenant>,<id>", associated)]
    pub fn load(&self, id: u64) -> u64 {
        id + self.tenant
    }
}

fn main() {
    Repo { tenant: 1 }.load(1);
}
