use std::collections::HashMap;

use larder::cached;

#[cached(key = "search:<filter>")]
fn search(filter: &HashMap<String, String>) -> usize {
    filter.len()
}

fn main() {
    search(&HashMap::new());
}
