//! A candidate as a server of its own.

use std::env;
use std::net::TcpListener;
use std::process::Command;

use super::Outcome;
use super::process::Server;
use crate::candidates;

/// Starts this program once more, as the server of one candidate.
pub fn start(name: &str) -> Outcome<Server> {
    let program = env::current_exe().map_err(|error| format!("this program does not know its path: {error}"))?;
    Server::start(name, |_, port| {
        let mut command = Command::new(program);
        command.args(["serve", name, &port.to_string()]);
        Ok(command)
    })
}

/// Serves one candidate, for ever.
///
/// # Errors
///
/// When there is no such candidate, or the port is not free.
pub fn serve(name: &str, port: &str) -> Outcome<()> {
    let port: u16 = port.parse().map_err(|_| format!("`{port}` is no port"))?;
    let listener = TcpListener::bind(("127.0.0.1", port)).map_err(|error| format!("port {port}: {error}"))?;
    listener.set_nonblocking(true).map_err(|error| format!("port {port}: {error}"))?;
    let candidates = candidates::all();
    let candidate = candidates.iter().find(|candidate| candidate.name == name);
    candidate.ok_or_else(|| format!("there is no candidate {name}"))?.site().serve(listener);
    Ok(())
}
