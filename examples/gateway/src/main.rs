//! `LISTEN=127.0.0.1:8080 ORIGIN=http://127.0.0.1:9000 PROFILE=rfc cargo run --release -p gateway`

use std::env;
use std::error::Error;
use std::process::ExitCode;

use gateway::{Forward, Front, Settings, policy, serve};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tower::ServiceBuilder;

#[tokio::main]
async fn main() -> ExitCode {
    let settings = match Settings::read(|name| env::var_os(name)) {
        Ok(settings) => settings,
        Err(wrong) => {
            eprintln!("{wrong}");
            return ExitCode::from(2);
        }
    };
    match run(settings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the gateway cannot run: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(settings: Settings) -> Result<(), Box<dyn Error>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let listener = TcpListener::bind(settings.listen).await?;
    let service = ServiceBuilder::new()
        .layer_fn(Front::new)
        .layer(policy(settings.profile, settings.age))
        .service(Forward::new(settings.origin, settings.timeout));
    // With port 0 nobody knows before this line where to ask.
    println!("listening on {}", listener.local_addr()?);
    let stop = async {
        tokio::select! { _ = interrupt.recv() => (), _ = terminate.recv() => () }
    };
    serve(listener, service, stop).await;
    Ok(())
}
