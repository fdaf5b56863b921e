use larder::cache_control;

#[cache_control(s_maxage = 60, private)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
