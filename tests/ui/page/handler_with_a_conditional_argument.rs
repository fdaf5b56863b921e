use larder::cache_page;

#[cache_page(60)]
async fn front(#[cfg(unix)] uri: axum::http::Uri) -> String {
    uri.to_string()
}

fn main() {}
