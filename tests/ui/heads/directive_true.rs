use larder::cache_control;

#[cache_control(public = true)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
