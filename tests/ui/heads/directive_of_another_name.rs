use larder::cache_control;

#[cache_control(ttl = 60)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
