struct Post;

async fn forget() {}

fn main() {
    larder::on_change::<Post>(async || forget().await);
}
