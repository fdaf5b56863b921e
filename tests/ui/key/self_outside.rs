use larder::key;

fn main() {
    let _ = key!("profile:<self.id>");
}
