use larder::cache_page;

struct WebSocketUpgrade;

#[cache_page(60)]
async fn front(upgrade: WebSocketUpgrade) -> String {
    let _ = upgrade;
    String::new()
}

fn main() {}
