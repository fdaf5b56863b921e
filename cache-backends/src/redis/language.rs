//! [`Resp`]: what is spoken with a server, and what is said to it first.

use std::sync::Arc;
use std::time::Instant;

use cache_core::error::{Error, Kind};

use super::bus::Bus;
use super::command::Command;
use super::error;
use super::journal::{Journal, KINDS};
use super::resp::{self, Answer};
use super::script;
use crate::pipe::{Garbled, Language, Message, Reader, Server};

/// Who logs in, and with what. It has no `Debug`.
#[derive(Clone, Default)]
pub(super) struct Login {
    pub user: Option<Box<str>>,
    pub password: Option<Box<str>>,
    pub database: u32,
    pub whose: Whose,
}

/// Whose password it is: it says which one to write down where another one is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Whose {
    /// That of a server, or of one that follows it.
    #[default]
    Server,
    /// That of a server that sentinels watch over.
    Watched,
    Sentinel,
    /// That of a server of a cluster.
    Member,
}

/// What is said to a server beyond that.
#[derive(Clone)]
pub(super) enum Part {
    /// It is written to: what was removed a moment ago is removed again first.
    Leader { journal: Arc<Journal>, bus: Option<Bus> },
    /// It is read from; in a cluster it has to be told so.
    Follower { is_in_cluster: bool },
    /// It is listened to, once it was told this and has answered so often; and what it means where it refuses.
    Listened { commands: Vec<Vec<Vec<u8>>>, answers: usize, refusal: Option<&'static str> },
}

/// What is spoken with one server.
pub(super) struct Resp {
    server: Server,
    login: Login,
    part: Part,
}

impl Resp {
    pub(super) fn new(server: Server, login: Login, part: Part) -> Self {
        Self { server, login, part }
    }

    fn hello(&self, out: &mut Vec<u8>) -> usize {
        let Login { user, password, database, .. } = &self.login;
        let auth = password.as_deref().map(|password| [user.as_deref().unwrap_or("default"), password]);
        let command = Command::new(out, if auth.is_some() { 7 } else { 4 }).part(b"HELLO").part(b"3");
        let command = match auth {
            Some([user, password]) => command.part(b"AUTH").part(user.as_bytes()).part(password.as_bytes()),
            None => command,
        };
        command.part(b"SETNAME").part(b"larder");
        if *database == 0 {
            return 1;
        }
        Command::new(out, 2).part(b"SELECT").number((*database).into());
        2
    }
}

impl Language for Resp {
    type Answer = Answer;
    type Reader = resp::Reader;

    fn reader(&self) -> resp::Reader {
        resp::Reader::default()
    }

    fn greet(&self, out: &mut Vec<u8>) -> usize {
        let mut said = self.hello(out);
        match &self.part {
            Part::Leader { journal, bus } => {
                let begun = said;
                journal.each(Instant::now(), |name, what, arguments| {
                    if said == begun {
                        for what in KINDS {
                            script::again(what).load(out, bus.is_some());
                            said += 1;
                        }
                    }
                    let channel = bus.map(|bus| bus.channel(name));
                    script::again(what).call(out, name, arguments, channel.as_deref());
                    said += 1;
                });
            }
            Part::Follower { is_in_cluster: true } => {
                Command::of(out, &[b"READONLY"]);
                said += 1;
            }
            Part::Follower { is_in_cluster: false } => {}
            Part::Listened { commands, answers, .. } => {
                for command in commands {
                    let parts: Vec<_> = command.iter().map(Vec::as_slice).collect();
                    Command::of(out, &parts);
                }
                said += answers;
            }
        }
        said
    }

    fn greeted(&self, answers: &[Answer]) -> Result<(), Error> {
        let is_sentinel = answers.first().and_then(mode).map(|mode| mode == b"sentinel");
        if let Some(error) = is_sentinel.and_then(|is| error::mistaken(&self.server, self.login.whose, is)) {
            return Err(error);
        }
        let refusal = answers.iter().find_map(|answer| match answer {
            // In a cluster what was removed is elsewhere, or on its way there.
            Answer::Error(text) if !text.starts_with("MOVED ") && !text.starts_with("ASK ") => Some(text),
            _ => None,
        });
        let Some(text) = refusal else { return Ok(()) };
        match self.part {
            Part::Listened { refusal: Some(refusal), .. } if error::is_out_of_reach(text) => {
                Err(Error::new(Kind::Configuration, format!("{} {refusal}", self.server)))
            }
            _ => Err(error::refused(&self.server, text, self.login.whose)),
        }
    }

    /// What was removed a moment ago is removed again soon: others may be served it who have not removed it.
    fn has_more_to_say(&self) -> bool {
        matches!(&self.part, Part::Leader { journal, .. } if !journal.is_empty(Instant::now()))
    }

    fn ask_for_life(&self, out: &mut Vec<u8>) {
        Command::of(out, &[b"PING"]);
    }
}

/// Returns what a server says that it is, when it is greeted: `standalone`, `cluster` or `sentinel`.
fn mode(greeting: &Answer) -> Option<&[u8]> {
    let Answer::List(fields) = greeting else { return None };
    fields.chunks_exact(2).find_map(|pair| match pair {
        [Answer::Bytes(name), Answer::Bytes(mode)] if name == b"mode" => Some(&mode[..]),
        _ => None,
    })
}

impl Reader for resp::Reader {
    type Answer = Answer;

    fn read(&mut self, came: &[u8]) -> Result<Option<(usize, Message<Answer>)>, Garbled> {
        let whole = self.next(came).map_err(Garbled)?;
        Ok(whole.map(|whole| {
            let answer = whole.answer;
            (whole.bytes, if whole.is_push { Message::Push(answer) } else { Message::Answer(answer) })
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::journal::What;
    use crate::redis::stored;

    fn resp(login: Login, part: Part) -> Resp {
        Resp::new(Server::tcp("Redis", "db1", 6379), login, part)
    }

    fn said(resp: &Resp) -> (usize, String) {
        let mut out = Vec::new();
        let answers = resp.greet(&mut out);
        let words = String::from_utf8_lossy(&out);
        let words: Vec<_> = words.split("\r\n").filter(|word| !word.starts_with(['*', '$'])).collect();
        (answers, words.join(" ").trim_end().to_owned())
    }

    #[test]
    fn a_server_is_told_who_logs_in_and_where() {
        let nobody = resp(Login::default(), Part::Follower { is_in_cluster: false });
        assert_eq!(said(&nobody), (1, "HELLO 3 SETNAME larder".to_owned()));
        let login = Login { password: Some("secret".into()), database: 2, ..Login::default() };
        let other = Part::Follower { is_in_cluster: true };
        let words = "HELLO 3 AUTH default secret SETNAME larder SELECT 2 READONLY";
        assert_eq!(said(&resp(login, other)), (3, words.to_owned()));
    }

    #[test]
    fn what_was_removed_is_removed_again_first() {
        let journal = Arc::new(Journal::default());
        let leader = resp(Login::default(), Part::Leader { journal: Arc::clone(&journal), bus: None });
        journal.note(b"a", What::This, &stored::entry(7), Instant::now());
        let (answers, words) = said(&leader);
        assert!(words.starts_with("HELLO 3 SETNAME larder SCRIPT LOAD "), "{words}");
        assert!(words.contains(" EVALSHA ") && answers == 5, "{words}");
    }

    #[test]
    fn whoever_is_refused_says_so() {
        let leader = resp(Login::default(), Part::Leader { journal: Arc::default(), bus: None });
        let ok = Answer::List(vec![]);
        assert!(leader.greeted(&[ok.clone(), Answer::Error("MOVED 1 db2:6379".into())]).is_ok());
        let refused = |text: &str| leader.greeted(&[ok.clone(), Answer::Error(text.into())]).map_err(|e| e.kind());
        assert_eq!(refused("WRONGPASS no"), Err(Kind::Configuration));
        assert_eq!(refused("LOADING"), Err(Kind::Store), "what cannot be removed yet is not served either");
    }
}
