use larder::vary_on_headers;

#[vary_on_headers(http::header::ACCEPT_LANGUAGE)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
