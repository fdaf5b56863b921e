use larder::KeyPart;

#[derive(KeyPart)]
enum Filter {
    #[larder(skip)]
    All,
    Of {
        #[larder(skip)]
        id: u64,
    },
}

fn main() {}
