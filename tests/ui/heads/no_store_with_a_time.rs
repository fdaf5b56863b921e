use larder::cache_control;

#[cache_control(no_store, max_age = 60)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
