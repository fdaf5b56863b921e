use larder::cache_page;

type Db = axum::extract::State<u64>;

#[cache_page(60)]
async fn front(db: Db) -> String {
    let _ = db;
    String::new()
}

fn main() {}
