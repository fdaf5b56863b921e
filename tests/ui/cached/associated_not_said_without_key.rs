use larder::cached;

struct Repo {
    tenant: u64,
}

impl Repo {
    #[cached]
    fn load(id: u64) -> u64 {
        id
    }
}

fn main() {
    let _ = (Repo::load(1), Repo { tenant: 1 }.tenant);
}
