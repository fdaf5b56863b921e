use std::collections::HashSet;

use larder::cached;

#[cached()]
fn search(filter: &HashSet<String>) -> usize {
    filter.len()
}

fn main() {
    search(&HashSet::new());
}
