use larder::KeyPart;

#[derive(KeyPart)]
enum Filter {
    All,
    Of { tags: std::collections::HashMap<String, u8> },
}

fn main() {}
