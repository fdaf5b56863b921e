//! The scripts: what is asked and done in one step, on one name each.
//!
//! All of them begin by looking at the last nine bytes of what stands there (see [`stored`](super::stored)), and know from that
//! whether it is an entry, a lease, or another program's. The first argument is a time in milliseconds: none is for ever, and
//! `0` keeps nothing.
//!
//! Where a change is said, that is before it is made: nobody is answered in between, and what may not be said is not done. A
//! server takes nothing back that a script has done before it failed.

use once_cell::sync::Lazy;

use super::command::Command;
use super::journal::What;
use super::sha1;

/// A script, and what servers call it by.
pub(super) struct Script {
    /// It changes something, and no more.
    plain: Text,
    /// It says so too, on the channel that is its last argument.
    telling: Text,
}

struct Text {
    text: String,
    name: String,
}

const LOOK: &str = "
local k, t = KEYS[1], redis.call('GETRANGE', KEYS[1], -9, -1)
local ours = #t == 9 and t:byte(9) == 229
local lease = #t == 9 and t:byte(9) == 230
local there = not lease and (#t > 0 or redis.call('EXISTS', k) == 1)
local function keep(v)
  if ARGV[1] == '0' then redis.call('UNLINK', k)
  elseif ARGV[1] == '' then redis.call('SET', k, v)
  else redis.call('SET', k, v, 'PX', ARGV[1]) end
end
";

const TELL: &str = "local function tell(what) redis.call('PUBLISH', ARGV[#ARGV], what) end
";

/// Time, stored: keeps it, and returns what stood behind what was there, if that was a string.
pub(super) static PUT: Lazy<Script> = Lazy::new(|| {
    let look = LOOK.replacen("redis.call", "redis.pcall", 1);
    Script::looking(
        &look,
        "tell(k)
keep(ARGV[2])
return type(t) == 'string' and t or ''",
    )
});

/// Time, stored: keeps it where nothing is.
pub(super) static ADD: Lazy<Script> = Lazy::new(|| {
    Script::new(
        "if there then return 0 end
tell(k)
keep(ARGV[2])
return 1",
    )
});

pub(super) static TOUCH: Lazy<Script> = Lazy::new(|| {
    Script::new(
        "if not there then return 0 end
tell(k)
if ARGV[1] == '0' then redis.call('UNLINK', k)
elseif ARGV[1] == '' then redis.call('PERSIST', k)
else redis.call('PEXPIRE', k, ARGV[1]) end
return 1",
    )
});

pub(super) static TTL: Lazy<Script> = Lazy::new(|| {
    Script::new(
        "if not there then return -2 end
return redis.call('PTTL', k)",
    )
});

/// Returns whether anything was there, and what stood behind it. It says so also where nothing was: what has had to make room
/// here may be near somebody still.
pub(super) static DELETE: Lazy<Script> = Lazy::new(|| {
    Script::new(
        "tell(k)
redis.call('UNLINK', k)
return {there and 1 or 0, t}",
    )
});

/// Version: removes it where it is still, or again.
static FORGET: Lazy<Script> = Lazy::new(|| {
    Script::new(
        "if t ~= ARGV[1] then return 0 end
tell(k)
redis.call('UNLINK', k)
return 1",
    )
});

/// What is added, and what stands behind the sum. The server counts, in all of 64 bits: a number of Lua has 53.
pub(super) static INCR: Lazy<Script> = Lazy::new(|| {
    Script::new(
        "if not there then return 'missing' end
if redis.call('STRLEN', k) > 29 then return 'no number' end
tell(k)
local v = redis.call('GET', k)
if ours then redis.call('SET', k, v:sub(1, -10), 'KEEPTTL') end
local r = redis.pcall('INCRBY', k, ARGV[1])
if type(r) == 'table' then
  if ours then redis.call('SET', k, v, 'KEEPTTL') end
  return r.err:find('overflow') and 'overflow' or 'no number'
end
local sum = redis.call('GET', k)
if ours then redis.call('SET', k, sum .. ARGV[2], 'KEEPTTL') end
return sum",
    )
});

/// Time, lease: returns the version that is there, and puts the lease where there is none. Two who fill one place have one lease:
/// the first is kept. What another program wrote has no version, and makes room.
pub(super) static BEGIN: Lazy<Script> = Lazy::new(|| {
    Script::new(
        "if lease then redis.call('PEXPIRE', k, ARGV[1]) end
if lease or ours then return t end
if there then tell(k) end
keep(ARGV[2])
return ARGV[2]",
    )
});

/// Time, stored, ticket: keeps it where that version or lease still is.
pub(super) static FILL: Lazy<Script> = Lazy::new(|| {
    Script::new(
        "if t ~= ARGV[3] then return 0 end
tell(k)
keep(ARGV[2])
return 1",
    )
});

/// Takes this time off what is left.
pub(super) static AGE: Lazy<Script> = Lazy::new(|| {
    Script::new(
        "local left = redis.call('PTTL', k)
if left >= 0 and left <= tonumber(ARGV[1]) then redis.call('UNLINK', k)
elseif left >= 0 then redis.call('PEXPIRE', k, string.format('%.0f', left - ARGV[1])) end
return 1",
    )
});

/// Version: removes what is there, unless it is this.
static RECALL: Lazy<Script> = Lazy::new(|| {
    Script::new(
        "if t == ARGV[1] then return 0 end
tell(k)
redis.call('UNLINK', k)
return 1",
    )
});

/// When, time: puts down when this was, later than the last time, and returns that. Whoever finds it knows that the server has
/// not forgotten what was cleared before.
pub(super) static WITNESS: Lazy<Script> = Lazy::new(|| {
    Script::new(
        "local at, was = tonumber(ARGV[1]), tonumber(redis.call('GET', k) or '') or 0
if was >= at then at = was + 1 end
at = string.format('%.0f', at)
redis.call('SET', k, at, 'PX', ARGV[2])
return at",
    )
});

/// When, pattern, time: clears all of that pattern again, or everything where there is none, unless it is known that this was
/// done since then.
static CLEAR: Lazy<Script> = Lazy::new(|| {
    Script::new(
        "local was = tonumber(redis.call('GET', k) or '') or 0
if was >= tonumber(ARGV[1]) then return 0 end
tell('')
if ARGV[2] == '' then redis.call('FLUSHDB', 'ASYNC')
else
  local at = '0'
  repeat
    local found = redis.call('SCAN', at, 'MATCH', ARGV[2], 'COUNT', 1000)
    at = found[1]
    for _, name in ipairs(found[2]) do redis.call('UNLINK', name) end
  until at == '0'
end
redis.call('SET', k, ARGV[1], 'PX', ARGV[3])
return 1",
    )
});

/// Returns what removes something again.
pub(super) fn again(what: What) -> &'static Script {
    match what {
        What::This => &FORGET,
        What::Others => &RECALL,
        What::All => &CLEAR,
    }
}

impl Script {
    fn new(text: &str) -> Self {
        Self::looking(LOOK, text)
    }

    fn looking(look: &str, text: &str) -> Self {
        let look = look.trim_start();
        let silent = ["if there then tell(k) end\n", "tell(k)\n", "tell('')\n"];
        let silent = silent.iter().fold(text.to_owned(), |text, told| text.replace(told, ""));
        Self { plain: Text::new(format!("{look}{silent}")), telling: Text::new(format!("{look}{TELL}{text}")) }
    }

    fn text(&self, channel: Option<&[u8]>) -> &Text {
        if channel.is_some() { &self.telling } else { &self.plain }
    }

    /// Writes a call by name, which is all that a server needs that knows the script.
    ///
    /// Where there is a channel, what it changes is said there.
    pub(super) fn call(&self, out: &mut Vec<u8>, key: &[u8], arguments: &[&[u8]], channel: Option<&[u8]>) {
        write(out, [b"EVALSHA", self.text(channel).name.as_bytes()], key, arguments, channel);
    }

    /// Writes what teaches it alone.
    pub(super) fn load(&self, out: &mut Vec<u8>, is_telling: bool) {
        let Text { text, .. } = if is_telling { &self.telling } else { &self.plain };
        Command::new(out, 3).part(b"SCRIPT").part(b"LOAD").part(text.as_bytes());
    }

    /// Writes a call that teaches it.
    pub(super) fn teach(&self, out: &mut Vec<u8>, key: &[u8], arguments: &[&[u8]], channel: Option<&[u8]>) {
        write(out, [b"EVAL", self.text(channel).text.as_bytes()], key, arguments, channel);
    }
}

impl Text {
    fn new(text: String) -> Self {
        Self { name: sha1::name_of(&text), text }
    }
}

fn write(out: &mut Vec<u8>, begin: [&[u8]; 2], key: &[u8], arguments: &[&[u8]], channel: Option<&[u8]>) {
    let [how, what] = begin;
    let parts = 4 + arguments.len() + usize::from(channel.is_some());
    let command = Command::new(out, parts).part(how).part(what).part(b"1").part(key);
    let command = arguments.iter().fold(command, |command, argument| command.part(argument));
    if let Some(channel) = channel {
        command.part(channel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::stored;

    #[test]
    fn scripts_look_for_what_is_written() {
        let kinds = [stored::entry(7), stored::lease(7)].map(|trailer| trailer[stored::TRAILER - 1]);
        assert!(LOOK.contains(&format!("-{},", stored::TRAILER)));
        for (word, kind) in ["ours", "lease"].iter().zip(kinds) {
            assert!(LOOK.contains(&format!("local {word} = #t == 9 and t:byte(9) == {kind}\n")), "{word}");
        }
    }

    #[test]
    fn a_script_is_called_by_its_name_and_taught_by_its_text() {
        let mut out = Vec::new();
        DELETE.call(&mut out, b"key", &[b"x"], None);
        let text =
            format!("*5\r\n$7\r\nEVALSHA\r\n$40\r\n{}\r\n$1\r\n1\r\n$3\r\nkey\r\n$1\r\nx\r\n", DELETE.plain.name);
        assert_eq!(String::from_utf8(out), Ok(text));
        let mut out = Vec::new();
        DELETE.teach(&mut out, b"key", &[], None);
        assert!(out.starts_with(b"*4\r\n$4\r\nEVAL\r\n") && out.ends_with(b"\r\n$1\r\n1\r\n$3\r\nkey\r\n"));
    }

    #[test]
    fn a_script_says_what_it_changes_where_there_is_a_channel_and_nowhere_else() {
        for script in [&PUT, &ADD, &TOUCH, &DELETE, &FORGET, &INCR, &BEGIN, &FILL, &RECALL, &CLEAR] {
            assert!(!script.plain.text.contains("tell") && script.telling.text.matches("tell(").count() == 2);
            // Behind what scripts have in common, nothing is changed before it is said.
            let (_, own) = script.telling.text.split_once(TELL).unwrap();
            let (before, _) = own.split_once("tell(").unwrap();
            let changes = ["keep(", "'SET'", "'UNLINK'", "'PERSIST'", "'INCRBY'", "'FLUSHDB'"];
            let early: Vec<_> = changes.into_iter().filter(|change| before.contains(change)).collect();
            assert!(early.is_empty(), "{early:?} in {own}");
        }
        let mut out = Vec::new();
        DELETE.call(&mut out, b"key", &[], Some(b"there"));
        assert!(out.starts_with(b"*5\r\n") && out.ends_with(b"\r\nkey\r\n$5\r\nthere\r\n"));
    }
}
