use super::*;

#[test]
fn what_a_server_says_is_heard_in_its_order_and_a_lost_connection_at_once() {
    let small = Small::new(|before, mut peer| {
        peer.say(format!(">early {before}\n"));
        peer.greet();
        peer.say(">one\n>two\n");
        if before > 0 {
            peer.outlast();
        }
    });
    let (sender, heard) = mpsc::channel();
    let listening = listen(small.server.clone(), Lines, limits(), move |said| sender.send(said).unwrap());
    let expect = |wanted: &str| {
        let heard = match heard.recv().unwrap() {
            Heard::Ready => "ready".to_owned(),
            Heard::Said(said) => said,
            Heard::Lost => "lost".to_owned(),
            Heard::Refused(error) => error.to_string(),
        };
        assert_eq!(heard, wanted);
    };
    for wanted in ["ready", ">early 0", ">one", ">two", "lost", "ready", ">early 1", ">one", ">two"] {
        expect(wanted);
    }
    drop(listening);
    assert_eq!(small.connections(), 2);
}

#[test]
fn a_connection_is_ended_when_nobody_listens_any_more() {
    let (gone, ended) = mpsc::channel();
    let small = Small::new(move |_, mut peer| {
        peer.greet();
        peer.outlast();
        gone.send(()).unwrap();
    });
    let (sender, heard) = mpsc::channel();
    let listening = listen(small.server.clone(), Lines, limits(), move |said| sender.send(said).unwrap());
    assert!(matches!(heard.recv(), Ok(Heard::Ready)));
    drop(listening);
    ended.recv().expect("the server has seen the end");
    assert!(heard.recv().is_err(), "and nothing was lost that was let go");
}

#[test]
fn whoever_is_not_let_in_hears_nothing_until_he_is() {
    let small = Small::new(|before, mut peer| {
        peer.hear();
        peer.say(["no\n", "hello\n"][before.min(1)]);
        peer.outlast();
    });
    let (sender, heard) = mpsc::channel();
    let _listening = listen(small.server.clone(), Lines, limits(), move |said| sender.send(said).unwrap());
    assert!(matches!(heard.recv(), Ok(Heard::Refused(error)) if error.to_string() == "the password is wrong"));
    assert!(matches!(heard.recv(), Ok(Heard::Ready)));
    assert_eq!(small.connections(), 2);
}

#[test]
fn a_server_that_falls_silent_is_lost_and_one_that_has_nothing_to_say_is_not() {
    let small = Small::new(|before, mut peer| {
        peer.greet();
        if before == 0 {
            assert_eq!(peer.hear().as_deref(), Some("alive?"));
            peer.say(">one\nyes\n");
            assert_eq!(peer.hear().as_deref(), Some("alive?"), "the answer is heard, and nothing is told of it");
            peer.outlast();
        } else {
            peer.echo();
        }
    });
    let (sender, heard) = mpsc::channel();
    let limits = Limits { timeout: Duration::from_secs(1), ..limits() };
    let _listening = listen(small.server.clone(), Lines, limits, move |said| sender.send(said).unwrap());
    assert!(matches!(heard.recv(), Ok(Heard::Ready)));
    assert!(matches!(heard.recv(), Ok(Heard::Said(said)) if said == ">one"));
    assert!(matches!(heard.recv(), Ok(Heard::Lost)));
    assert!(matches!(heard.recv(), Ok(Heard::Ready)));
    assert_eq!(small.connections(), 2);
}

#[test]
fn whoever_answers_what_nobody_has_asked_is_not_listened_to() {
    let small = Small::new(|before, mut peer| {
        peer.greet();
        peer.say([">one\ntwo\n", ""][before.min(1)]);
        peer.outlast();
    });
    let (sender, heard) = mpsc::channel();
    let _listening = listen(small.server.clone(), Lines, limits(), move |said| sender.send(said).unwrap());
    assert!(matches!(heard.recv(), Ok(Heard::Ready)));
    assert!(matches!(heard.recv(), Ok(Heard::Said(said)) if said == ">one"));
    assert!(matches!(heard.recv(), Ok(Heard::Lost)));
    assert!(matches!(heard.recv(), Ok(Heard::Ready)));
}
