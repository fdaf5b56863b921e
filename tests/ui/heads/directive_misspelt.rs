use larder::cache_control;

#[cache_control(max_aeg = 60)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
