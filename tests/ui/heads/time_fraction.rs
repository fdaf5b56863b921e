use larder::cache_control;

#[cache_control(max_age = 1.5)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
