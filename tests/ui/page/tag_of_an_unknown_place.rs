use larder::cache_page;

#[cache_page(60, tags = ["author:<athor>"])]
async fn front(author: axum::extract::Path<u64>) -> String {
    let _ = author;
    String::new()
}

fn main() {}
