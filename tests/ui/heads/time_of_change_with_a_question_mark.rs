use larder::last_modified;

#[last_modified(std::fs::metadata("page.html")?.modified().ok())]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
