use larder::vary_on_headers;

#[vary_on_headers("")]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
