use larder::cached;

struct Repo {
    tenant: u64,
}

impl Repo {
    #[cached(key = "load:<id>")]
    async fn load(self: std::sync::Arc<Self>, id: u64) -> u64 {
        id + self.tenant
    }
}

fn main() {
    let _ = std::sync::Arc::new(Repo { tenant: 1 }).load(1);
}
