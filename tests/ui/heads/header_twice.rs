use larder::vary_on_headers;

#[vary_on_headers("Accept", "accept")]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
