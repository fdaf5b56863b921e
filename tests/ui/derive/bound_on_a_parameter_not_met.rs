use larder::KeyPart;

#[derive(KeyPart)]
struct Page<T>(T, u8);

struct Cursor;

fn main() {
    let page = Page(Cursor, 1);
    let _ = larder::key!("page:<page>");
}
