use larder::cache_control;

struct Page;

#[cache_control(public)]
async fn page() -> Result<Page, String> {
    Ok(Page)
}

fn main() {}
