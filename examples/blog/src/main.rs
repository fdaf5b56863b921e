//! `cargo run -p blog`

mod front;

use std::error::Error;

use blog::{Db, start};
use tokio::signal::unix::{SignalKind, signal};

/// So that it is found wherever the blog is started. A program that is installed leaves this away: `larder::init()`
/// reads the `larder.toml` of the folder it is started in, or the file that `LARDER_CONFIG` names.
const CONFIGURATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/larder.toml");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    start::log();
    larder::builder().file(CONFIGURATION)?.discover()?.install()?;
    // What the compiler cannot see, all of it together.
    larder::check()?;

    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let database = start::database()?;
    let app = front::app(Db::open(&database)?);
    let listener = start::listen()?;
    println!("http://{} shows what is in {}; Ctrl-C ends it", listener.local_addr()?, database.display());
    let stop = async move {
        tokio::select! { _ = interrupt.recv() => (), _ = terminate.recv() => () }
    };
    Ok(front::serve(listener, app, stop).await?)
}
