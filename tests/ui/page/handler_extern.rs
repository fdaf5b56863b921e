use larder::cache_page;

#[cache_page(60)]
async extern "C" fn front() -> String {
    String::new()
}

fn main() {}
