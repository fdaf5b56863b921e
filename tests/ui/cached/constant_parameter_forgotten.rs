use larder::cached;

#[cached(key = "repeated:<id>")]
fn repeated<const N: usize>(id: u64) -> Vec<u64> {
    vec![id; N]
}

fn main() {
    repeated::<3>(1);
}
