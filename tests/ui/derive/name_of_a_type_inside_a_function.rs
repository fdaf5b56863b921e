use larder::KeyName;

fn outer() -> &'static str {
    #[derive(KeyName)]
    struct Nested;
    Nested::KEY_NAME
}

fn main() {
    println!("{}", outer());
}
