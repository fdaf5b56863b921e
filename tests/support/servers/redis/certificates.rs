//! Certificates that only a test believes.

use std::process::Command;

use crate::servers::place::Place;
use crate::servers::programs::find;

/// Makes an authority, `authority.pem`, and a certificate of it for this machine.
pub(super) fn make(place: &Place) -> Result<(), String> {
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
    let names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
    let signed = ["-CA", "authority.pem", "-CAkey", "authority.key", "-addext", names];
    let more = [&signed[..], &["-addext", "basicConstraints=critical,CA:FALSE"]].concat();
    make("server", "/CN=localhost", &more)
}

/// Returns the lines of a configuration that name them.
pub(super) fn lines(folder: &str) -> [String; 4] {
    [
        format!("tls-cert-file {folder}/server.pem"),
        format!("tls-key-file {folder}/server.key"),
        format!("tls-ca-cert-file {folder}/authority.pem"),
        "tls-auth-clients no".to_owned(),
    ]
}
