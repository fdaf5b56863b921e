use larder::key;

fn main() {
    let (id, page) = (1, 2);
    let _ = key!("profile:<id:<page>");
}
