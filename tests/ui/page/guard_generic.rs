use larder::cache_page;

struct Session<T>(T);
struct Store;

#[cache_page(60)]
async fn front(session: Session<Store>) -> String {
    let _ = session;
    String::new()
}

fn main() {}
