use larder::cached;

#[cached(key = "profile:<id>")]
fn profile(id: u64) -> Result<Option<&'static [u8]>, &'static str> {
    if id == 0 { Err("none") } else { Ok(Some(&[1])) }
}

fn main() {
    let _ = profile(1);
}
