use larder::KeyPart;

#[derive(KeyPart)]
enum Filter {
    #[larder(crate = larder)]
    All,
}

fn main() {}
