use larder::KeyPart;

#[derive(KeyPart)]
union Bits {
    number: u64,
    bytes: [u8; 8],
}

fn main() {
    let bits = Bits { number: 1 };
    let _ = larder::key!("bits:<bits>");
}
