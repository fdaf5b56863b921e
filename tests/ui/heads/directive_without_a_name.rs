use larder::cache_control;

#[cache_control(3600)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
