use larder::cached;

#[cached(key = "shown:<what>")]
fn shown(what: impl std::fmt::Display) -> String {
    what.to_string()
}

fn main() {
    shown(5);
}
