use larder::cached;

#[derive(Clone)]
struct Profile(u64);

#[cached(key = "profile:<id>")]
fn profile(id: u64) -> Profile {
    Profile(id)
}

fn main() {
    let _ = profile::get(1).map(|profile| profile.0);
}
