use larder::cached;

struct Repo {
    tenant: u64,
}

impl Repo {
    #[cached(key = "load:<self.tenant>,<id>")]
    pub fn load(&mut self, id: u64) -> u64 {
        self.tenant += id;
        self.tenant
    }
}

fn main() {
    Repo { tenant: 1 }.load(1);
}
