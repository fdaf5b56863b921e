use axum::extract::Path;
use larder::cache_page;

#[cache_page(60, key = "article:<id>", sta)]
async fn article(Path(id): Path<u64>) -> String {
    id.to_string()
}

async fn save() {
    article::invalidate(7).await;
    article::uncached(Path(7)).await;
    println!("{} {}", article::key(7), article::stats().hits);
}

fn main() {
    let _: axum::Router = axum::Router::new().route("/", axum::routing::get(article));
}
