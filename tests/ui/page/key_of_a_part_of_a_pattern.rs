use axum::extract::Query;
use larder::cache_page;

struct Paging {
    page: u32,
}

#[cache_page(60, key = "front:<page>")]
async fn front(Query(Paging { page }): Query<Paging>) -> String {
    let _ = page;
    String::new()
}

fn main() {}
