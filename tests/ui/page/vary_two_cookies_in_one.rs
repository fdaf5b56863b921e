use larder::cache_page;

#[cache_page(60, vary = cookie("a", "b"))]
async fn front() -> String {
    String::new()
}

fn main() {}
