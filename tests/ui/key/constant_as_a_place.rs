use larder::key;

fn main() {
    let _ = key!("profile:<u64::MAX>");
}
