use larder::key;

fn main() {
    let id = 42_u64;
    let _ = key!("profile:<id: u32>");
}
