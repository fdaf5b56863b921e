use larder::cache_control;

#[cache_control(max_age = 60, max_age = 30)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
