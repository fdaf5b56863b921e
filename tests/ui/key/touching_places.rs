use larder::key;

fn main() {
    let (a, b) = (1, 23);
    let _ = key!("k<a><b>");
}
