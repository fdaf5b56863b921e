use larder::key;

fn main() {
    let name = String::new();
    let _ = key!("profile:<name.as_string()>");
}
