use larder::cache_control;

#[cache_control(public)]
#[cache_control(max_age = 60)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
