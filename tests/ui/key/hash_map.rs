use std::collections::HashMap;

use larder::key;

fn main() {
    let filter = HashMap::<String, u8>::new();
    let _ = key!("items:<filter>");
}
