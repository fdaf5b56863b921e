//! `cargo run -p blog`

use std::env;
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;

use blog::{Db, app, bind, serve};
use tokio::signal::unix::{SignalKind, signal};

/// So that it is found wherever the blog is started. A program that is installed leaves this away: `larder::init()` reads
/// the `larder.toml` of the folder it is started in, or the file that `LARDER_CONFIG` names.
const CONFIGURATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/larder.toml");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    larder::builder().file(CONFIGURATION)?.discover()?.install()?;
    // What the compiler cannot see, all of it together.
    larder::check()?;

    let database = match env::var_os("BLOG_DATABASE") {
        Some(path) => PathBuf::from(path),
        // In the folder of what was built, which is nobody else's.
        None => env::current_exe()?.with_file_name("blog.db"),
    };
    let address = env::var("BLOG_ADDRESS").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let address: SocketAddr =
        address.parse().map_err(|_| "BLOG_ADDRESS takes an address and a port, such as 127.0.0.1:3000")?;
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let app = app(Db::open(&database)?);
    let listener = bind(address).await?;
    println!("http://{} shows what is in {}; Ctrl-C ends it", listener.local_addr()?, database.display());
    let stop = async move {
        tokio::select! { _ = interrupt.recv() => (), _ = terminate.recv() => () }
    };
    Ok(serve(listener, app, stop).await?)
}
