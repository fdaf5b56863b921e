use axum::Form;
use axum::body::Bytes;
use larder::cache_page;

#[cache_page(60)]
async fn front(form: Form<u64>, body: Bytes) -> String {
    let _ = (form, body);
    String::new()
}

fn main() {}
