use larder::cache_control;

#[cache_control(max_age = "300")]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
