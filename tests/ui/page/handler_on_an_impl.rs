use larder::cache_page;

struct Front;

#[cache_page(60)]
impl Front {
    async fn page() -> String {
        String::new()
    }
}

fn main() {}
