use larder::last_modified;

#[last_modified("yesterday")]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
