use larder::cache_control;

#[cache_control(no_cache())]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
