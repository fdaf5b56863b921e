use larder::cache_page;

struct Multipart;

#[cache_page(60)]
async fn front(upload: Multipart) -> String {
    let _ = upload;
    String::new()
}

fn main() {}
