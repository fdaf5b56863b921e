use larder::cache_page;

#[cache_page(60)]
fn front() -> impl Future<Output = String> {
    async { String::new() }
}

fn main() {}
