use axum::extract::Path;
use larder::{cache_page, updates};

struct Shop;

impl Shop {
    #[cache_page(60, associated, key = "shop:<id>")]
    async fn item(Path(id): Path<u64>) -> String {
        id.to_string()
    }
}

#[updates(Shop::item(id))]
async fn save(id: u64) -> String {
    id.to_string()
}

fn main() {}
