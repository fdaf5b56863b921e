//! Varnish, its entries in memory.

use std::process::Command;

use super::Outcome;
use super::origin::Origin;
use super::process::{Server, installed};

/// Starts it, if it is installed.
pub fn start() -> Outcome<Option<Server>> {
    if !installed("varnishd", &["-V"]) {
        return Ok(None);
    }
    let origin = Origin::start()?;
    let server = Server::start("varnish", |folder, port| {
        let mut command = Command::new("varnishd");
        command.args(["-F", "-j", "none", "-T", "none", "-t", "3600", "-s", "malloc,64m"]);
        command.arg("-n").arg(folder.join("varnish"));
        command.args(["-a", &format!("127.0.0.1:{port}"), "-b", &format!("127.0.0.1:{}", origin.port)]);
        Ok(command)
    })?;
    Ok(Some(server.checked(move || origin.check())))
}
