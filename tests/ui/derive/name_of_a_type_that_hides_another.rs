use larder::KeyName;

#[derive(KeyName)]
struct Hidden;

fn outer() -> &'static str {
    #[derive(KeyName)]
    struct Hidden<'a>(&'a str);
    Hidden(Hidden::KEY_NAME).0
}

fn main() {
    println!("{}{}", outer(), Hidden::KEY_NAME);
}
