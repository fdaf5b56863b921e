use larder::cache_control;

#[cache_control(no_cache, stale_while_revalidate = 60)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
