use larder::cache_control;

#[cache_control(public = true, max_aeg = 60, stale_if_error = "60")]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
