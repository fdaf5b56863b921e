use larder::cache_control;

#[cache_control(private = "set-cookie")]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
