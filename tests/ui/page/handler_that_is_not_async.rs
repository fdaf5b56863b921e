use larder::cache_page;

#[cache_page(60)]
fn front() -> String {
    String::new()
}

fn main() {}
