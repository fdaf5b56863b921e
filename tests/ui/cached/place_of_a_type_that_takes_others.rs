use larder::cached;

struct Repo {
    rows: Vec<u64>,
}

impl Repo {
    #[cached(key = "load:<Vec>:<id>", ignore(self))]
    pub fn load(&self, id: u64) -> u64 {
        id
    }
}

fn main() {
    let repo = Repo { rows: Vec::new() };
    let _ = (repo.load(1), repo.rows);
}
