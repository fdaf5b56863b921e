use larder::cache_control;

#[cache_control]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
