use larder::cache_control;

#[cache_control(public, max-age = 60 * 15)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
