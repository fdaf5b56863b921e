struct Post(u64);

fn forget(_: u64) {}

fn main() {
    larder::on_change::<Post>(|post| forget(post.0));
}
