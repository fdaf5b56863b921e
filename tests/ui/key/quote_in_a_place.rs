use larder::key;

fn main() {
    let id = 42;
    let _ = key!("profile:<id\">");
}
