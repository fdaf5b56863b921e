struct Post(u64);

fn main() {
    larder::changed_blocking(&Post(7));
}
