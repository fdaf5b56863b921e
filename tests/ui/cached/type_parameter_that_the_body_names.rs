use larder::cached;

trait Table {
    const NAME: &'static str;
}

#[cached(key = "rows:<id>", ignore(table))]
fn rows<T: Table>(table: &T, id: u64) -> String {
    let _ = table;
    format!("{} {id}", T::NAME)
}

fn main() {
    rows::invalidate(1);
}
