use larder::cache_control;

#[cache_control(max_age = 60, private = false)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
