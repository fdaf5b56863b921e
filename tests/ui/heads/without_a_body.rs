use larder::never_cache;

trait Pages {
    #[never_cache]
    async fn page(&self) -> &'static str;
}

fn main() {}
