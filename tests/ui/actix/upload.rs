use larder::actix::cache_page;

struct Multipart;

#[cache_page(60)]
async fn upload(form: Multipart) -> String {
    drop(form);
    String::new()
}

fn main() {}
