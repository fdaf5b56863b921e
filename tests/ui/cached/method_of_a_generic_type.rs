use larder::cached;

struct Repo<T> {
    rows: Vec<T>,
}

impl<T> Repo<T> {
    #[cached(key = "load:<id>", ignore(self))]
    pub fn load(&self, id: u64) -> u64 {
        id + size_of::<T>() as u64
    }
}

fn main() {
    let repo = Repo::<u8> { rows: Vec::new() };
    let _ = (repo.load(1), repo.rows);
}
