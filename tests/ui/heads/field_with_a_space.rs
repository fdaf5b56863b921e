use larder::cache_control;

#[cache_control(private("Set Cookie"))]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
