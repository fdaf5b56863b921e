use axum::extract::State;
use larder::cache_page;

#[cache_page(60, key = "front:<T>")]
async fn front<T: Clone + Send + Sync + 'static>(State(stock): State<T>) -> String {
    let _ = stock;
    String::new()
}

fn main() {}
