use larder::cache_control;

#[cache_control(max_age = forever)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
