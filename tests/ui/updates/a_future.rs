use larder::{cached, updates};

#[cached(key = "row:<id>")]
fn row(id: u64) -> u64 {
    id
}

#[updates(row(id))]
fn write(id: u64) -> impl Future<Output = u64> {
    async move { id }
}

fn main() {}
