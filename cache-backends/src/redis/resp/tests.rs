use std::time::Instant;

use proptest::prelude::*;

use super::*;

fn bytes(text: &str) -> Answer {
    Answer::Bytes(text.as_bytes().to_vec())
}

/// Reads all messages, where what comes is cut behind so many bytes, again and again.
fn read_in_pieces(all: &[u8], cuts: impl IntoIterator<Item = usize>) -> Result<Vec<(Answer, bool)>, Garbled> {
    let (mut reader, mut read, mut from, mut to) = (Reader::default(), Vec::new(), 0, 0);
    for cut in cuts.into_iter().chain([all.len()]) {
        to = all.len().min(to + cut);
        while let Some(whole) = reader.next(&all[from..to])? {
            from += whole.bytes;
            read.push((whole.answer, whole.is_push));
        }
    }
    Ok(read)
}

fn read(text: &str) -> Result<Vec<(Answer, bool)>, Garbled> {
    read_in_pieces(text.as_bytes(), [])
}

fn one(text: &str) -> Answer {
    let mut read = read(text).expect(text);
    assert_eq!(read.len(), 1, "{text:?}");
    read.pop().expect("one").0
}

#[test]
fn each_kind_of_answer_is_read() {
    for (text, answer) in [
        ("+OK\r\n", bytes("OK")),
        ("$5\r\na\r\nb\0\r\n", bytes("a\r\nb\0")),
        ("$0\r\n\r\n", bytes("")),
        ("=8\r\ntxt:some\r\n", bytes("some")),
        (",3.25\r\n", bytes("3.25")),
        ("(3492890328409238509324850943850943825024385\r\n", bytes("3492890328409238509324850943850943825024385")),
        (":-9223372036854775808\r\n", Answer::Number(i64::MIN)),
        ("#t\r\n", Answer::Number(1)),
        ("#f\r\n", Answer::Number(0)),
        ("_\r\n", Answer::Nothing),
        ("$-1\r\n", Answer::Nothing),
        ("*-1\r\n", Answer::Nothing),
        ("-ERR no\r\n", Answer::Error("ERR no".into())),
        ("!6\r\nERR no\r\n", Answer::Error("ERR no".into())),
        ("*0\r\n", Answer::List(vec![])),
        ("~1\r\n:1\r\n", Answer::List(vec![Answer::Number(1)])),
        ("%1\r\n+a\r\n*1\r\n_\r\n", Answer::List(vec![bytes("a"), Answer::List(vec![Answer::Nothing])])),
    ] {
        assert_eq!(one(text), answer, "{text:?}");
    }
}

#[test]
fn what_nobody_asked_for_is_told_apart() {
    let read = read("$1\r\na\r\n>2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n:1\r\n").unwrap();
    let keys = Answer::List(vec![bytes("invalidate"), Answer::List(vec![bytes("k")])]);
    assert_eq!(read, [(bytes("a"), false), (keys, true), (Answer::Number(1), false)]);
}

#[test]
fn what_is_said_about_an_answer_is_passed_over_wherever_it_stands() {
    assert_eq!(one("|1\r\n+ttl\r\n:3600\r\n:7\r\n"), Answer::Number(7));
    assert_eq!(one("|0\r\n:7\r\n"), Answer::Number(7));
    let both = Answer::List(vec![Answer::Number(1), Answer::Number(2)]);
    assert_eq!(one("*2\r\n:1\r\n|1\r\n+a\r\n*1\r\n+b\r\n:2\r\n"), both);
}

#[test]
fn what_is_no_answer_is_an_error() {
    let deep = "*1\r\n".repeat(DEEPEST + 1);
    let long = format!("+{}", "x".repeat(LONGEST_LINE));
    for text in [
        "HTTP/1.1 400 Bad Request\r\n",
        "\r\n",
        "+OK\n",
        "$536870913\r\n",
        "$-2\r\n",
        "$ 1\r\na\r\n",
        "$1\r\nab\r\n",
        "$1\r\na\n\n",
        "*1048577\r\n",
        "*?\r\n",
        ":\r\n",
        ":1.5\r\n",
        ":99999999999999999999\r\n",
        "#x\r\n",
        "_x\r\n",
        "=3\r\ntxt\r\n",
        "*1\r\n>1\r\n:1\r\n",
        "$00000000000000000000000000000000000000000000000000000000000000000000000000001\r\n",
        &deep,
        &long,
    ] {
        let shown: String = text.chars().take(40).collect();
        assert!(read(text).is_err(), "{shown:?}");
        assert!(read_in_pieces(text.as_bytes(), std::iter::repeat_n(1, 70_000)).is_err(), "{shown:?} byte by byte");
    }
}

#[test]
fn what_is_only_announced_takes_no_memory() {
    let mut reader = Reader::default();
    assert_eq!(reader.next(b"*1048576\r\n*1048576\r\n$536870912\r\nabc"), Ok(None));
    assert_eq!(reader.open.iter().map(|open| open.parts.capacity()).sum::<usize>(), 2 * MADE_ROOM_FOR);
}

#[test]
fn what_was_read_is_not_read_again_when_more_comes() {
    let text = format!("*40000\r\n{}", "$3\r\nabc\r\n".repeat(40_000));
    let begun = Instant::now();
    assert_eq!(read_in_pieces(text.as_bytes(), std::iter::repeat_n(7, text.len() / 7)).unwrap().len(), 1);
    let value = format!("$4000000\r\n{}\r\n", "x".repeat(4_000_000));
    assert_eq!(read_in_pieces(value.as_bytes(), std::iter::repeat_n(7, value.len() / 7)).unwrap().len(), 1);
    let line = format!("-{}\r\n", "x".repeat(LONGEST_LINE - 10)).repeat(20);
    assert_eq!(read_in_pieces(line.as_bytes(), std::iter::repeat_n(1, line.len())).unwrap().len(), 20);
    // Read again from the front each time, any of these takes minutes.
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

fn written(answer: &Answer, out: &mut Vec<u8>) {
    match answer {
        Answer::Nothing => out.extend(b"_\r\n"),
        Answer::Bytes(bytes) => {
            out.extend(format!("${}\r\n", bytes.len()).bytes());
            out.extend(bytes);
            out.extend(b"\r\n");
        }
        Answer::Number(number) => out.extend(format!(":{number}\r\n").bytes()),
        Answer::Error(text) => out.extend(format!("-{text}\r\n").bytes()),
        Answer::List(parts) => {
            out.extend(format!("*{}\r\n", parts.len()).bytes());
            for part in parts {
                written(part, out);
            }
        }
    }
}

fn answers() -> impl Strategy<Value = Answer> {
    let leaf = prop_oneof![
        Just(Answer::Nothing),
        any::<i64>().prop_map(Answer::Number),
        proptest::collection::vec(any::<u8>(), 0..200).prop_map(Answer::Bytes),
        "[A-Z]{1,9} [ -~]{0,40}".prop_map(|text| Answer::Error(text.into())),
    ];
    leaf.prop_recursive(4, 40, 8, |inner| proptest::collection::vec(inner, 0..8).prop_map(Answer::List))
}

proptest! {
    #[test]
    fn what_is_written_is_read_wherever_it_is_cut(
        answers in proptest::collection::vec(answers(), 1..6),
        cuts in proptest::collection::vec(1_usize..30, 0..300),
    ) {
        let mut all = Vec::new();
        for answer in &answers {
            written(answer, &mut all);
        }
        let whole: Vec<_> = answers.into_iter().map(|answer| (answer, false)).collect();
        prop_assert_eq!(read_in_pieces(&all, []), Ok(whole.clone()));
        prop_assert_eq!(read_in_pieces(&all, cuts), Ok(whole));
    }

    #[test]
    fn whatever_comes_reads_the_same_in_pieces_and_at_once(
        text in "([*$:+!=%~>|#_-][0-9a-z]{0,2}(\r\n)?){0,12}",
        cuts in proptest::collection::vec(1_usize..5, 0..60),
    ) {
        let at_once = read_in_pieces(text.as_bytes(), []);
        prop_assert_eq!(read_in_pieces(text.as_bytes(), cuts).is_ok(), at_once.is_ok());
        if at_once.is_ok() {
            prop_assert_eq!(read_in_pieces(text.as_bytes(), std::iter::repeat_n(1, text.len())), at_once);
        }
    }
}
