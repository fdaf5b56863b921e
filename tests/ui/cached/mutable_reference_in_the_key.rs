use larder::cached;

#[cached(key = "read:<buffer>")]
fn read(buffer: &mut Vec<u8>) -> usize {
    buffer.len()
}

fn main() {
    read(&mut Vec::new());
}
