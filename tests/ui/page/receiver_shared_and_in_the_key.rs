use larder::cache_page;

struct Shop {
    name: String,
}

impl Shop {
    #[cache_page(60, key = "front:<self.name>", shared(self))]
    async fn front(self) -> String {
        String::new()
    }
}

fn main() {}
