struct Post(u64);

async fn forget(_: &str, _: u64) {}

fn main() {
    let shop = String::from("shop");
    larder::on_change::<Post>(async move |post| forget(&shop, post.0).await);
}
