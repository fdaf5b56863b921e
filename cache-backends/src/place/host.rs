//! Who is to be asked: a name or an address, a port, or a socket of this machine.

use std::net::Ipv6Addr;

use super::decode::{Undecodable, decoded};

/// Who is to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    name: Box<str>,
    port: Option<u16>,
}

impl Host {
    /// Returns the name or the address, an IPv6 address without its brackets. Of a socket of this machine it is the path,
    /// which begins with `/`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the port, where one was written.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Returns whether it is a socket of this machine, written with its slashes as `%2F`.
    #[must_use]
    pub fn is_socket(&self) -> bool {
        self.name.starts_with('/')
    }

    /// Reads `name`, `name:port`, `[::1]:port` or `%2Fpath%2Fto%2Fsocket`. What it says of a mistake shows nothing of the
    /// text: where a password has a `/` in it that is not escaped, its beginning stands in the place of a port.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        if let Some(rest) = text.strip_prefix('[') {
            let (address, behind) = rest.split_once(']').ok_or("the bracket of an IPv6 address is not closed")?;
            let address: Ipv6Addr = address.parse().map_err(|_| "what stands in brackets is no IPv6 address")?;
            let port = match behind.strip_prefix(':') {
                Some(port) => Some(read_port(port)?),
                None if behind.is_empty() => None,
                None => return Err("behind the bracket of an IPv6 address comes `:` and a port, or nothing"),
            };
            return Ok(Self { name: address.to_string().into(), port });
        }
        let (name, port) = text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port)));
        if port.is_some_and(|port| port.contains(':') && text.parse::<Ipv6Addr>().is_ok()) {
            return Err("an IPv6 address stands in brackets: `[::1]:5432`");
        }
        let name = decoded(name).map_err(Undecodable::sentence)?;
        let port = port.map(read_port).transpose()?;
        match () {
            () if name.is_empty() => Err("a host is missing"),
            () if !name.starts_with('/') && !name.bytes().all(may_stand_in_a_name) => Err(
                "a host is made of letters, digits, `-`, `_` and `.`; other letters are written in their `xn--` form",
            ),
            () => Ok(Self { name, port }),
        }
    }
}

fn may_stand_in_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

fn read_port(text: &str) -> Result<u16, &'static str> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let port = is_number.then(|| text.parse().ok()).flatten().filter(|port| *port != 0);
    port.ok_or(
        "a port is a number from 1 to 65535; in a password `:`, `/`, `?`, `#`, `@` and `%` are written `%3A`, `%2F`, `%3F`, `%23`, `%40` \
         and `%25`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Option<u16>)> {
        Host::parse(text).ok().map(|host| (host.name().to_owned(), host.port()))
    }

    #[test]
    fn names_addresses_and_sockets_are_read() {
        for (text, name, port) in [
            ("db", "db", None),
            ("db.internal:5432", "db.internal", Some(5432)),
            ("127.0.0.1:1", "127.0.0.1", Some(1)),
            ("[::1]", "::1", None),
            ("[2001:DB8::1]:65535", "2001:db8::1", Some(65535)),
            ("%2Frun%2Fpostgresql", "/run/postgresql", None),
        ] {
            assert_eq!(read(text), Some((name.to_owned(), port)), "{text}");
        }
    }

    #[test]
    fn what_is_no_host_is_none() {
        for text in [
            "",
            ":5432",
            "db:",
            "db:0",
            "db:65536",
            "db:+1",
            "db:x",
            "db:1:2",
            "::1",
            "[::1",
            "[::1]5432",
            "[::1]:",
            "[1.2.3.4]",
            "[db]:1",
            "däb",
            "d b",
            "d%zzb",
            "[::1%25eth0]",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
