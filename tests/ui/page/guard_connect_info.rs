use larder::cache_page;

struct ConnectInfo<T>(T);
struct Addr;

#[cache_page(60)]
async fn front(ConnectInfo(from): ConnectInfo<Addr>) -> String {
    let _ = from;
    String::new()
}

fn main() {}
