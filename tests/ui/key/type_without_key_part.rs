use larder::key;

struct User {
    id: u64,
}

fn main() {
    let user = User { id: 42 };
    let _ = key!("profile:<user>");
}
