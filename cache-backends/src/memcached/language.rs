//! [`Meta`]: what is spoken with a server, and how it is greeted.

use std::sync::atomic::{AtomicU64, Ordering};

use cache_core::error::Error;

use super::answer::{Answer, Said};
use super::reader::Reader;
use super::{error, request};
use crate::pipe::Language;

/// The meta commands of Memcached 1.6.
pub(super) struct Meta {
    login: Option<Login>,
    /// Whom it is spoken with, in messages.
    server: Box<str>,
    /// How many connections there ever were, or were about to be.
    opened: AtomicU64,
}

/// Who asks, and with what word.
#[derive(Clone)]
pub(super) struct Login {
    user: Box<str>,
    password: Box<str>,
}

impl Login {
    /// Takes what can be said in one line, with a space between.
    pub(super) fn new(user: Box<str>, password: Box<str>) -> Result<Self, Error> {
        match () {
            () if user.contains(' ') => {
                Err(Error::configuration("in the name of a user of Memcached there is no space"))
            }
            () if [&user, &password].iter().any(|text| text.contains(char::is_control)) => Err(Error::configuration(
                "user and password stand in one line: no line break, nor another control character",
            )),
            () => Ok(Self { user, password }),
        }
    }
}

impl Meta {
    pub(super) fn new(login: Option<Login>, server: String) -> Self {
        Self { login, server: server.into(), opened: AtomicU64::new(0) }
    }

    /// Returns the number of the connection that was begun last.
    pub(super) fn newest(&self) -> u64 {
        self.opened.load(Ordering::SeqCst)
    }

    pub(super) fn server(&self) -> &str {
        &self.server
    }
}

impl Language for Meta {
    type Answer = Answer;
    type Reader = Reader;

    fn reader(&self) -> Reader {
        Reader::new(self.opened.fetch_add(1, Ordering::SeqCst) + 1)
    }

    /// The knock finds out whether these commands are known: to an older server, the bytes of a value would be commands. Behind
    /// a wrong password it would be answered in the place of that, or not at all; servers that ask for one are new enough.
    fn greet(&self, out: &mut Vec<u8>) -> usize {
        match &self.login {
            Some(Login { user, password }) => request::log_in(out, user, password),
            None => request::knock(out),
        }
        1
    }

    fn greeted(&self, answers: &[Answer]) -> Result<(), Error> {
        match answers.iter().find(|answer| answer.said != Said::Well) {
            Some(answer) => Err(error::unexpected(&self.server, &answer.said)),
            None => Ok(()),
        }
    }

    fn ask_for_life(&self, out: &mut Vec<u8>) {
        request::knock(out);
    }
}

#[cfg(test)]
mod tests {
    use cache_core::error::Kind;

    use super::super::answer::Refusal;
    use super::*;

    fn meta(login: Option<(&str, &str)>) -> Meta {
        let login = login.map(|(user, password)| Login::new(user.into(), password.into()).unwrap());
        Meta::new(login, "Memcached at a:11211".to_owned())
    }

    fn greeted(said: Said) -> Result<(), Error> {
        meta(None).greeted(&[Answer { said, connection: 1 }])
    }

    #[test]
    fn who_asks_is_said_before_anything_else() {
        let mut out = Vec::new();
        assert_eq!(meta(Some(("me", "secret"))).greet(&mut out), 1);
        assert_eq!(out, b"set larder 0 -1 9\r\nme secret\r\n");
        let mut out = Vec::new();
        assert_eq!((meta(None).greet(&mut out), &out[..]), (1, &b"mn\r\n"[..]));
    }

    #[test]
    fn a_server_that_does_not_want_us_is_told_apart_from_one_that_cannot() {
        assert!(greeted(Said::Well).is_ok());
        for (refusal, kind, word) in [
            (Refusal::Unauthenticated, Kind::Configuration, "password"),
            (Refusal::Unknown, Kind::Configuration, "1.6"),
            (Refusal::Cannot("Too many open connections".into()), Kind::Store, "Too many"),
        ] {
            let error = greeted(Said::Refused(refusal)).unwrap_err();
            assert_eq!(error.kind(), kind);
            assert!(error.to_string().contains("a:11211") && error.to_string().contains(word), "{error}");
        }
    }

    #[test]
    fn each_connection_has_a_larger_number_than_those_before() {
        let meta = meta(None);
        assert_eq!(meta.newest(), 0);
        let _readers = [meta.reader(), meta.reader()];
        assert_eq!(meta.newest(), 2);
    }
}
