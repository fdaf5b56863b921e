use larder::cache_control;

#[cache_control(public)]
fn page() -> &'static str {
    "fine"
}

fn main() {}
