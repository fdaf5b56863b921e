use larder::key;

fn main() {
    let ids = [42];
    let _ = key!("profile:<ids[0]>");
}
