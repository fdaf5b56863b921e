use larder::key;

fn main() {
    let name = "me";
    let _ = key!("profile:<name.repeat(2)>");
}
