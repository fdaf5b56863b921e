use larder::{cache_control, vary_on_cookie};

#[cache_control(public)]
#[vary_on_cookie]
fn page() -> &'static str {
    "fine"
}

fn main() {}
