use larder::key;

fn main() {
    let id = Some(42);
    let _ = key!("profile:<id?>");
}
