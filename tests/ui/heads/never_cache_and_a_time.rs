use larder::{cache_control, never_cache};

#[never_cache]
#[cache_control(no_transform, max_age = 60)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
