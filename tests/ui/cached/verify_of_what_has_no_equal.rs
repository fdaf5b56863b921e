use larder::cached;

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Profile {
    name: String,
}

#[cached(key = "profile:<id>", verify = 0.001)]
fn profile(id: u64) -> Profile {
    Profile { name: id.to_string() }
}

fn main() {
    profile(1);
}
