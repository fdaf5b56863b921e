use larder::key;

fn main() {
    let price = 9.99;
    let _ = key!("items:<price>");
}
