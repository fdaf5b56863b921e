use larder::cache_page;

#[cache_page(60)]
async unsafe fn front() -> String {
    String::new()
}

fn main() {}
