use larder::cached;

struct Repo {
    tenant: u64,
}

impl Repo {
    #[cached(ttl = 60)]
    pub fn load(&self, id: u64) -> u64 {
        id + self.tenant
    }
}

fn main() {
    Repo { tenant: 1 }.load(1);
}
