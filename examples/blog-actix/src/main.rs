//! `cargo run -p blog-actix`

mod front;

use std::error::Error;

use actix_web::{App, HttpServer};
use blog::{Db, start};

/// So that it is found wherever the blog is started. A program that is installed leaves this away: `larder::init()`
/// reads the `larder.toml` of the folder it is started in, or the file that `LARDER_CONFIG` names.
const CONFIGURATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/larder.toml");

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    start::log();
    larder::builder().file(CONFIGURATION)?.discover()?.install()?;
    // What the compiler cannot see, all of it together.
    larder::check()?;

    let database = start::database()?;
    // Once, and not for each worker: they have one database, and their pages are in one cache.
    let site = front::site(Db::open(&database)?);
    let listener = start::listen()?;
    println!("http://{} shows what is in {}; Ctrl-C ends it", listener.local_addr()?, database.display());
    HttpServer::new(move || App::new().configure(&site)).listen(listener)?.run().await?;
    Ok(())
}
