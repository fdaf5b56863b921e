use larder::cache_page;

#[cache_page(60, see(x_request_id))]
async fn front() -> String {
    String::new()
}

fn main() {}
