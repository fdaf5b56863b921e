use axum::Json;
use larder::cache_page;

#[cache_page(60, key = "front:<id>")]
async fn front(Json(id): Json<u64>) -> String {
    let _ = id;
    String::new()
}

fn main() {}
