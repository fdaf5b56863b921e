use larder::key;

fn main() {
    let user = 42;
    let _ = key!("profile:<usr>");
}
