use larder::cache_control;

#[cache_control(max_age(60 * 5))]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
