use std::path::Path;

use larder::key;

fn main() {
    let path = Path::new("a");
    let _ = key!("file:<path>");
}
