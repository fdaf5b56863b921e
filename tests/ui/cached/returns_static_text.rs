use larder::cached;

#[cached(key = "profile:<id>")]
fn profile(id: u64) -> &'static str {
    if id == 0 { "none" } else { "some" }
}

fn main() {
    let _ = profile(1);
}
