use larder::{cache_control, never_cache};

#[cache_control(public)]
#[never_cache]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
