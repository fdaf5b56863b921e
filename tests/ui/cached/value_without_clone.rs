use larder::cached;

struct Profile(u64);

#[cached(key = "profile:<id>", local)]
fn profile(id: u64) -> Result<Profile, String> {
    Ok(Profile(id))
}

fn main() {
    let _ = profile(1).map(|profile| profile.0);
}
