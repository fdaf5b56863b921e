use larder::cache_page;

const DAY: &str = "1d";

#[cache_page(DAY)]
async fn front() -> String {
    String::new()
}

fn main() {}
