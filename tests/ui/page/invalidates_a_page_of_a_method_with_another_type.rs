use axum::extract::Path;
use larder::{cache_page, invalidates};

struct Shop;

impl Shop {
    #[cache_page(60, associated, key = "shop:<id>")]
    async fn item(Path(id): Path<u64>) -> String {
        id.to_string()
    }
}

#[invalidates(Shop::item("7"))]
async fn save(id: u64) {
    let _ = id;
}

fn main() {}
