use larder::cached;

struct Filter {
    page: u32,
}

#[cached(key = "search:<filter>")]
fn search(filter: &Filter) -> u32 {
    filter.page
}

fn main() {
    search(&Filter { page: 1 });
}
