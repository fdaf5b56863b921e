//! What is said to a server: the meta commands, each with what is asked beside it.
//!
//! A name is what [`Name`] lets through: printable ASCII without a space, of 250 bytes at most. So it needs no escape, and
//! ends no command.

use std::io::Write;

use cache_core::key::Name;

use super::moment::Moment;

/// In the place of what bytes may be kept.
#[derive(Clone, Copy, Debug)]
pub(super) enum Only {
    /// Whichever is there, or none.
    Any,
    /// Where nothing is.
    Nothing,
    /// The one that has this number.
    Cas(u64),
}

/// What is asked for beside a value: `c` is its number, `t` its time, `s` its size, `v` the value itself.
pub(super) type Asked = &'static str;

/// Asks for what is under a name.
pub(super) fn get(out: &mut Vec<u8>, name: &Name, asked: Asked) {
    begin(out, "mg", name);
    out.extend_from_slice(asked.as_bytes());
    end(out);
}

/// Asks for the number of what is under a name, and promises to fill it in where nothing is.
pub(super) fn lease(out: &mut Vec<u8>, name: &Name, seconds: u32) {
    begin(out, "mg", name);
    write(out, format_args!("c N{seconds}"));
    end(out);
}

/// Gives what is under a name another time.
pub(super) fn touch(out: &mut Vec<u8>, name: &Name, moment: Moment) {
    begin(out, "mg", name);
    write(out, format_args!("s T{moment}"));
    end(out);
}

/// Keeps bytes under a name.
pub(super) fn set(out: &mut Vec<u8>, name: &Name, value: &[u8], moment: Moment, only: Only) {
    begin(out, "ms", name);
    write(out, format_args!("{} T{moment}", value.len()));
    match only {
        Only::Any => {}
        Only::Nothing => out.extend_from_slice(b" ME"),
        Only::Cas(cas) => write(out, format_args!(" c C{cas}")),
    }
    end(out);
    out.extend_from_slice(value);
    end(out);
}

/// Removes what is under a name; with a number, only what has that one.
pub(super) fn delete(out: &mut Vec<u8>, name: &Name, cas: Option<u64>) {
    begin(out, "md", name);
    write_cas(out, cas);
    end(out);
}

/// Adds to the digits under a name, or takes away from them where that is below zero, and asks for the sum; with a number,
/// only where the entry has that one.
pub(super) fn count(out: &mut Vec<u8>, name: &Name, delta: i64, cas: Option<u64>) {
    begin(out, "ma", name);
    write(out, format_args!("v {}D{} ", if delta < 0 { "MD " } else { "" }, delta.unsigned_abs()));
    write_cas(out, cas);
    end(out);
}

/// Removes everything.
pub(super) fn flush(out: &mut Vec<u8>) {
    out.extend_from_slice(b"flush_all\r\n");
}

/// Asks whether anybody is there who knows these commands.
pub(super) fn knock(out: &mut Vec<u8>) {
    out.extend_from_slice(b"mn\r\n");
}

/// Says who asks. To a server that does not want to know it is an entry: one that has expired before it is there.
pub(super) fn log_in(out: &mut Vec<u8>, user: &str, password: &str) {
    write(out, format_args!("set larder 0 -1 {}\r\n{user} {password}\r\n", user.len() + 1 + password.len()));
}

fn begin(out: &mut Vec<u8>, command: &str, name: &Name) {
    out.extend_from_slice(command.as_bytes());
    out.push(b' ');
    out.extend_from_slice(name.as_bytes());
    out.push(b' ');
}

fn write_cas(out: &mut Vec<u8>, cas: Option<u64>) {
    if let Some(cas) = cas {
        write(out, format_args!("C{cas}"));
    }
}

fn end(out: &mut Vec<u8>) {
    out.extend_from_slice(b"\r\n");
}

fn write(out: &mut Vec<u8>, what: std::fmt::Arguments<'_>) {
    out.write_fmt(what).expect("there is always room in a vector");
}

#[cfg(test)]
mod tests {
    use cache_core::key::Scope;

    use super::*;

    fn said(write: impl FnOnce(&mut Vec<u8>, &Name)) -> String {
        let name = Scope::new("shop", "1", None).unwrap().name(&"key".into());
        let mut out = Vec::new();
        write(&mut out, &name);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_command_is_one_line_and_its_value() {
        let (never, soon) = (Moment::NEVER, Moment::in_seconds(9));
        assert_eq!(said(|out, name| get(out, name, "v")), "mg shop:1:key v\r\n");
        assert_eq!(said(|out, name| lease(out, name, 600)), "mg shop:1:key c N600\r\n");
        assert_eq!(said(|out, name| touch(out, name, never)), "mg shop:1:key s T0\r\n");
        assert_eq!(said(|out, name| set(out, name, b"a\r\n", soon, Only::Any)), "ms shop:1:key 3 T9\r\na\r\n\r\n");
        assert_eq!(said(|out, name| set(out, name, b"", soon, Only::Nothing)), "ms shop:1:key 0 T9 ME\r\n\r\n");
        assert_eq!(said(|out, name| set(out, name, b"a", never, Only::Cas(7))), "ms shop:1:key 1 T0 c C7\r\na\r\n");
        assert_eq!(said(|out, name| delete(out, name, None)), "md shop:1:key \r\n");
        assert_eq!(said(|out, name| delete(out, name, Some(7))), "md shop:1:key C7\r\n");
        assert_eq!(said(|out, name| count(out, name, 2, None)), "ma shop:1:key v D2 \r\n");
        assert_eq!(
            said(|out, name| count(out, name, i64::MIN, Some(7))),
            "ma shop:1:key v MD D9223372036854775808 C7\r\n"
        );
        assert_eq!(said(|out, _| flush(out)), "flush_all\r\n");
        assert_eq!(said(|out, _| log_in(out, "me", "my word")), "set larder 0 -1 10\r\nme my word\r\n");
    }
}
