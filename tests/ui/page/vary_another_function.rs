use larder::cache_page;

#[cache_page(60, vary = header("Accept"))]
async fn front() -> String {
    String::new()
}

fn main() {}
