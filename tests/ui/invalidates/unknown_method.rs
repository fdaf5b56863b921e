use larder::{cached, invalidates};

#[cached(key = "profile:<id>")]
fn profile(id: u64) -> String {
    id.to_string()
}

struct Repo;

#[invalidates(Repo::load(id))]
fn save(id: u64) -> String {
    let Repo = Repo;
    profile(id)
}

fn main() {
    save(1);
}
