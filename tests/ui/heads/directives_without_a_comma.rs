use larder::cache_control;

#[cache_control(public max_age = 60)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
