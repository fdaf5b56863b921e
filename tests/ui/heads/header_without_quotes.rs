use larder::vary_on_headers;

#[vary_on_headers(Cookie)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
