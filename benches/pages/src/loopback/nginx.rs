//! nginx with `proxy_cache`: one process, its entries in files.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::Outcome;
use super::origin::Origin;
use super::process::{Server, installed};

/// Starts it, if it is installed.
pub fn start() -> Outcome<Option<Server>> {
    if !installed("nginx", &["-v"]) {
        return Ok(None);
    }
    let origin = Origin::start()?;
    let server = Server::start("nginx", |folder, port| {
        let path = folder.join("nginx.conf");
        fs::write(&path, configuration(folder, port, origin.port)).map_err(|error| error.to_string())?;
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder).arg("-c").arg(path);
        Ok(command)
    })?;
    Ok(Some(server.checked(move || origin.check())))
}

/// Returns a configuration without logs, and with connections that stay.
fn configuration(folder: &Path, port: u16, origin: u16) -> String {
    let folder = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("    {kind}_temp_path {folder}/{kind};\n"))
        .concat();
    format!(
        "daemon off;
master_process off;
pid {folder}/pid;
error_log stderr;
events {{ worker_connections 256; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    open_file_cache max=1000;
    keepalive_requests 100000000;
{temporary}    proxy_cache_path {folder}/cache keys_zone=pages:1m;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{origin};
            proxy_cache pages;
            proxy_cache_valid 200 1h;
        }}
    }}
}}
"
    )
}
