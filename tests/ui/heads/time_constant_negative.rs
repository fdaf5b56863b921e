use larder::cache_control;

const TIME: i64 = -5;

#[cache_control(max_age = TIME)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
