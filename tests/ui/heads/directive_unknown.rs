use larder::cache_control;

#[cache_control(surrogate)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
