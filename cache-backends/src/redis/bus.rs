//! [`Bus`]: the channels on which stores say what they have changed, where servers do not tell.
//!
//! A message is the name that was changed; an empty one is every name.

use super::resp::Answer;

/// The channels of one database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bus {
    pub database: u32,
}

/// What is said to a server to listen.
type Commands = Vec<Vec<Vec<u8>>>;

impl Bus {
    /// Returns the channel of a name: that of its prefix, so that nobody hears of what cannot concern him; of what has none, that
    /// of all.
    pub(super) fn channel(self, name: &[u8]) -> Vec<u8> {
        match name.iter().position(|byte| *byte == b':') {
            Some(end) => [&self.all(), &b":"[..], &name[..end]].concat(),
            None => self.all(),
        }
    }

    /// Returns the channel on which all listen.
    pub(super) fn all(self) -> Vec<u8> {
        format!("larder:{}", self.database).into_bytes()
    }

    /// Returns what is said to hear of the names that begin so. The last of it has an answer, which comes when all else is done.
    pub(super) fn listening(self, start: &[u8]) -> Commands {
        let channel = self.channel(start);
        let mut commands = vec![vec![b"SUBSCRIBE".to_vec(), self.all()]];
        if channel == self.all() {
            commands.push(vec![b"PSUBSCRIBE".to_vec(), [&self.all(), &b":*"[..]].concat()]);
        } else {
            commands[0].push(channel);
        }
        commands.push(vec![b"PING".to_vec()]);
        commands
    }
}

/// Returns the name that was said to have changed, where that is what was said.
pub(super) fn changed(said: &[Answer]) -> Option<&[u8]> {
    match said {
        [Answer::Bytes(what), _, Answer::Bytes(name)] if what == b"message" => Some(name),
        [Answer::Bytes(what), _, _, Answer::Bytes(name)] if what == b"pmessage" => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUS: Bus = Bus { database: 3 };

    fn said(start: &[u8]) -> Vec<String> {
        let words = |command: &Vec<Vec<u8>>| String::from_utf8_lossy(&command.join(&b' ')).into_owned();
        BUS.listening(start).iter().map(words).collect()
    }

    #[test]
    fn a_prefix_has_a_channel_of_its_own_and_all_hear_what_concerns_all() {
        assert_eq!(BUS.channel(b"shop:1:key"), b"larder:3:shop");
        assert_eq!((BUS.channel(b":1:key"), BUS.channel(b"key")), (b"larder:3:".to_vec(), b"larder:3".to_vec()));
        assert_eq!(said(b"shop:"), ["SUBSCRIBE larder:3 larder:3:shop", "PING"]);
        assert_eq!(said(b""), ["SUBSCRIBE larder:3", "PSUBSCRIBE larder:3:*", "PING"]);
    }

    #[test]
    fn a_message_is_a_name_by_whatever_channel_it_comes() {
        let say = |words: &[&str]| words.iter().map(|word| Answer::Bytes(word.as_bytes().to_vec())).collect::<Vec<_>>();
        assert_eq!(changed(&say(&["message", "larder:3:shop", "shop:1:key"])), Some(&b"shop:1:key"[..]));
        assert_eq!(changed(&say(&["pmessage", "larder:3:*", "larder:3:shop", ""])), Some(&b""[..]));
        assert_eq!(changed(&say(&["subscribe", "larder:3:shop", "1"])), None);
    }
}
