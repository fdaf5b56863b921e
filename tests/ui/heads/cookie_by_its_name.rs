use larder::vary_on_cookie;

#[vary_on_cookie("session")]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
