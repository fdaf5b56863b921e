//! Django's `cache_page` with entries in memory, in one worker of gunicorn.

use std::env;
use std::fs;
use std::process::Command;

use super::process::{Server, installed};
use super::{Outcome, load};

const SITE: &str = include_str!("django.py");

/// Starts it, if the Python that `PYTHON` names, or else `python3` or that of the system, has both.
pub fn start() -> Outcome<Option<Server>> {
    let named = env::var("PYTHON").map(|python| vec![python]);
    let mut pythons = named.unwrap_or_else(|_| ["python3", "/usr/bin/python3"].map(str::to_owned).into()).into_iter();
    let Some(python) = pythons.find(|python| installed(python, &["-c", "import django, gunicorn"])) else {
        return Ok(None);
    };
    let server = Server::start("django", |folder, port| {
        fs::write(folder.join("pages.py"), SITE).map_err(|error| error.to_string())?;
        let mut command = Command::new(python);
        command.args(["-m", "gunicorn", "--workers", "1", "--worker-class", "gthread", "--threads", "4"]);
        command.args(["--keep-alive", "60", "--bind", &format!("127.0.0.1:{port}"), "pages:application"]);
        command.current_dir(folder);
        Ok(command)
    })?;
    let port = server.port;
    Ok(Some(server.checked(move || {
        let made = load::get(port, "/made")?;
        if made == "1" { Ok(()) } else { Err(format!("the view ran {} times", String::from_utf8_lossy(&made))) }
    })))
}
