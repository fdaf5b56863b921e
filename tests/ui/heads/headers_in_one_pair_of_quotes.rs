use larder::vary_on_headers;

#[vary_on_headers("Accept-Language, User-Agent")]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
