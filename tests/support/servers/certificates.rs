//! Certificates that only a test believes.

use std::process::Command;

use super::in_url;
use super::place::Place;
use super::programs::find;
use super::server::Server;

/// Returns whether certificates can be made here.
pub fn can_certify() -> bool {
    find("openssl").is_some()
}

/// Makes an authority, `authority.pem`, a certificate of it for these names, and an authority that vouches for nothing,
/// `other.pem`.
pub(super) fn make(place: &Place, names: &str) -> Result<(), String> {
    let program = find("openssl").ok_or("there is no `openssl`, which makes certificates")?;
    let make = |name: &str, subject: &str, more: &[&str]| {
        let mut command = Command::new(&program);
        command.args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ]);
        command.args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.pem"), "-subj", subject]);
        place.run(command.args(more))
    };
    make("authority", "/CN=an authority of tests", &[])?;
    make("other", "/CN=an authority of others", &[])?;
    let names = format!("subjectAltName={names}");
    let signed = ["-CA", "authority.pem", "-CAkey", "authority.key", "-addext", &names];
    let more = [&signed[..], &["-addext", "basicConstraints=critical,CA:FALSE"]].concat();
    make("server", "/CN=localhost", &more)
}

impl Server {
    /// Returns where the certificate of who vouches for it is, as an option of an address says it; or that of somebody else.
    pub fn authority(&self, is_its_own: bool) -> String {
        in_url(&self.path(if is_its_own { "authority.pem" } else { "other.pem" }))
    }
}

/// Returns the lines of a configuration of Redis that name them.
pub(super) fn lines(folder: &str) -> [String; 4] {
    [
        format!("tls-cert-file {folder}/server.pem"),
        format!("tls-key-file {folder}/server.key"),
        format!("tls-ca-cert-file {folder}/authority.pem"),
        "tls-auth-clients no".to_owned(),
    ]
}
