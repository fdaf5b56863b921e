use larder::cache_page;

trait Shows {
    #[cache_page(60)]
    async fn front() -> String;
}

fn main() {}
