use larder::cache_page;

trait Shows {
    async fn front() -> String;
}

struct Shop;

impl Shows for Shop {
    #[cache_page(60)]
    async fn front() -> String {
        String::new()
    }
}

fn main() {}
