use larder::cached;

#[cached(key = "profile:<id>")]
fn one(id: u64) -> u64 {
    id
}

mod elsewhere {
    #[larder::cached(ttl = 60, key = "profile:<id>")]
    pub fn two(id: u64) -> String {
        id.to_string()
    }
}

fn main() {
    one(1);
    elsewhere::two(1);
}
