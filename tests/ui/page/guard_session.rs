use larder::cache_page;

struct Session;

#[cache_page(60)]
async fn front(session: Session) -> String {
    let _ = session;
    String::new()
}

fn main() {}
