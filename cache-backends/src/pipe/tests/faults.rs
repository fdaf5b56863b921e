use std::pin::pin;
use std::sync::Mutex;

use tokio::task::yield_now;
use tokio::time::{Instant, advance, pause};

use super::*;
use crate::pipe::hold::IDLE;

/// Waits until the end of a connection was noticed.
async fn noticed(pipe: &Pipe<Lines>) {
    while pipe.runtimes() > 0 {
        yield_now().await;
    }
}

#[test]
fn a_connection_that_ends_in_an_answer_fails_its_caller_and_the_next_one_is_heard() {
    let small = Small::new(|before, mut peer| {
        peer.greet();
        match before {
            0 => {
                peer.hear();
                peer.say("=100\nonly the beg");
            }
            _ => peer.echo(),
        }
    });
    let pipe = small.pipe();
    runtime().block_on(async {
        let error = ask(&pipe, "1").await.unwrap_err();
        assert!(error.is_transient() && error.to_string().contains("has ended the connection"), "{error}");
        assert_eq!((ask(&pipe, "2").await.unwrap().as_str(), pipe.epoch()), ("2", 2));
    });
}

#[test]
fn a_server_that_has_restarted_while_nobody_asked_is_asked_without_an_error() {
    let small = Small::new(|_, mut peer| {
        peer.greet();
        let line = peer.hear().unwrap();
        peer.say(line + "\n");
    });
    let pipe = small.pipe();
    runtime().block_on(async {
        for n in 1..=3 {
            assert_eq!(ask(&pipe, "1").await.unwrap(), "1");
            noticed(&pipe).await;
            assert_eq!(pipe.epoch(), n);
        }
    });
}

#[test]
fn an_end_that_came_while_the_runtime_stood_still_is_seen_before_anything_is_sent() {
    let (gone, heard) = mpsc::channel();
    let small = Small::new(move |_, mut peer| {
        peer.greet();
        let line = peer.hear().unwrap();
        peer.say(line + "\n");
        drop(peer);
        gone.send(()).unwrap();
    });
    let (pipe, frozen) = (small.pipe(), Frozen::new());
    for _ in 0..3 {
        assert_eq!(frozen.block_on(ask(&pipe, "1")).unwrap(), "1");
        heard.recv().unwrap();
        // No turn of the runtime is in between: only its clock is moved.
        frozen.block_on(async { begin(pin!(advance(IDLE))) });
    }
}

#[test]
fn garbled_bytes_fail_those_who_wait_and_not_those_who_were_answered() {
    let small = Small::new(|_, mut peer| {
        peer.greet();
        peer.hear();
        peer.hear();
        peer.say(b"1\n\xff\n");
        peer.outlast();
    });
    let pipe = small.pipe();
    runtime().block_on(async {
        let (one, other) = both(ask(&pipe, "1"), ask(&pipe, "2")).await;
        assert_eq!(one.unwrap(), "1");
        let error = other.unwrap_err();
        assert!(error.to_string().contains("this is no text"), "{error}");
    });
}

#[test]
fn an_answer_that_nobody_asked_for_is_not_taken_for_the_next_one() {
    let small = Small::new(|_, mut peer| {
        peer.greet();
        peer.hear();
        peer.say("1\nof somebody else\n");
        peer.echo();
    });
    let (pipe, frozen) = (small.pipe(), Frozen::new());
    frozen.block_on(async {
        assert_eq!(ask(&pipe, "1").await.unwrap(), "1");
        noticed(&pipe).await;
        let error = ask(&pipe, "2").await.unwrap_err();
        assert!(error.to_string().contains("answers what nobody has asked"), "{error}");
    });
}

#[test]
fn an_answer_that_came_before_its_question_was_sent_is_not_its_answer() {
    let ((ask_again, asked), (said, heard)) = (mpsc::channel::<()>(), mpsc::channel());
    let asked = Mutex::new(asked);
    let small = Small::new(move |_, mut peer| {
        peer.greet();
        peer.hear();
        peer.say("1\n");
        asked.lock().unwrap().recv().unwrap();
        peer.say("of somebody else\n");
        said.send(()).unwrap();
        peer.echo();
    });
    let (pipe, frozen) = (small.pipe(), Frozen::new());
    assert_eq!(frozen.block_on(ask(&pipe, "1")).unwrap(), "1");
    // No turn of the runtime is in between: only its clock is moved.
    ask_again.send(()).unwrap();
    heard.recv().unwrap();
    frozen.block_on(async { begin(pin!(advance(IDLE))) });
    let error = frozen.block_on(ask(&pipe, "2")).unwrap_err();
    assert!(error.to_string().contains("answers what nobody has asked"), "{error}");
}

#[test]
fn what_comes_behind_the_greeting_is_no_answer() {
    let small = Small::new(|_, mut peer| {
        peer.hear();
        peer.say("hello\nof somebody else\n");
        peer.echo();
    });
    let error = runtime().block_on(ask(&small.pipe(), "1")).unwrap_err();
    assert!(error.to_string().contains("answers what nobody has asked"), "{error}");
}

#[test]
fn a_server_that_never_pauses_is_given_up_when_the_question_is_too_old() {
    let (begun, begins) = mpsc::channel();
    let small = Small::new(move |_, mut peer| {
        peer.greet();
        peer.hear();
        // It ends at last.
        let pushes = ">\n".repeat(1 << 19);
        for _ in 0..32 {
            peer.say(&pushes);
            let _ = begun.send(());
        }
    });
    let (pipe, frozen) = (small.pipe(), Frozen::new());
    frozen.block_on(async {
        let mut waiting = pin!(ask(&pipe, "1"));
        begin(waiting.as_mut());
        while begins.try_recv().is_err() {
            yield_now().await;
        }
        advance(Duration::from_secs(10)).await;
        let error = waiting.await.unwrap_err();
        assert!(error.to_string().contains("not answered within 10s"), "{error}");
    });
}

#[test]
fn pushes_are_no_answers() {
    let small = Small::new(|_, mut peer| {
        peer.say(">before the greeting\n");
        peer.greet();
        peer.hear();
        peer.say(">before the answer\n1\n>behind it\n");
        peer.echo();
    });
    let pipe = small.pipe();
    runtime().block_on(async {
        assert_eq!(ask(&pipe, "1").await.unwrap(), "1");
        assert_eq!(ask(&pipe, "2").await.unwrap(), "2");
    });
}

/// Answers one question, and stands still.
fn still() -> Small {
    Small::new(|_, mut peer| {
        peer.greet();
        let line = peer.hear().unwrap();
        peer.say(line + "\n");
        peer.outlast();
    })
}

#[test]
fn a_server_that_stands_still_is_given_up_when_the_oldest_question_is_too_old() {
    let (small, frozen) = (still(), Frozen::new());
    let pipe = small.pipe();
    frozen.block_on(async {
        assert_eq!(ask(&pipe, "1").await.unwrap(), "1");
        let mut old = pin!(ask(&pipe, "old"));
        begin(old.as_mut());
        yield_now().await;
        advance(Duration::from_secs(6)).await;
        let mut young = pin!(ask(&pipe, "young"));
        begin(young.as_mut());
        yield_now().await;
        advance(Duration::from_millis(3_999)).await;
        begin(old.as_mut());
        begin(young.as_mut());
        advance(Duration::from_millis(1)).await;
        for error in [old.await.unwrap_err(), young.await.unwrap_err()] {
            assert!(error.is_transient() && error.to_string().contains("not answered within 10s"), "{error}");
        }
    });
}

#[test]
fn the_time_of_one_who_asks_before_there_is_a_connection_runs_while_it_is_opened() {
    let small = Small::new(|_, mut peer| {
        peer.greet();
        peer.outlast();
    });
    let pipe = small.pipe_with(Limits { timeout: Duration::from_millis(50), ..limits() });
    // For the connection no time goes by: it is the caller who does not wait.
    let error = Frozen::new().block_on(ask(&pipe, "1")).unwrap_err();
    assert!(error.is_transient() && error.to_string().contains("not answered within 50ms"), "{error}");
}

#[test]
fn a_time_limit_is_of_a_question_and_not_of_the_connection() {
    let (small, frozen) = (Small::echo(), Frozen::new());
    let pipe = small.pipe();
    frozen.block_on(async {
        for _ in 0..5 {
            assert_eq!(ask(&pipe, "1").await.unwrap(), "1");
            advance(Duration::from_secs(8)).await;
        }
    });
    assert_eq!(pipe.epoch(), 1);
}

#[test]
fn a_server_that_lets_nobody_in_is_not_waited_for_either() {
    let small = Small::new(|_, mut peer| peer.outlast());
    let pipe = small.pipe();
    runtime().block_on(async {
        pause();
        let began = Instant::now();
        let error = ask(&pipe, "1").await.unwrap_err();
        assert!(error.to_string().contains("not answered within 10s"), "{error}");
        assert_eq!(began.elapsed().as_secs(), 10);
    });
}

#[test]
fn a_server_that_is_away_is_left_alone_for_a_while_and_calls_fail_at_once() {
    let (small, frozen) = (Small::new(|_, peer| drop(peer)), Frozen::new());
    let pipe = small.pipe();
    frozen.block_on(async {
        for tries in 1..=4 {
            for _ in 0..3 {
                ask(&pipe, "1").await.unwrap_err();
                assert_eq!(small.connections(), tries);
            }
            advance(Duration::from_secs(1)).await;
        }
    });
}

#[test]
fn nobody_listens_at_the_address() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let pipe = Pipe::new(Server::tcp("Lines", "127.0.0.1", port), Lines, limits());
    let error = runtime().block_on(ask(&pipe, "1")).unwrap_err();
    assert_eq!((error.kind(), pipe.epoch()), (Kind::Store, 0));
    assert_eq!(error.to_string(), format!("Lines at 127.0.0.1:{port} is away: does it run, and may it be reached?"));
}

#[test]
fn one_finds_out_whether_a_server_is_back_and_the_others_do_not_wait_for_him() {
    let small = Small::new(|before, mut peer| {
        if before > 0 {
            peer.greet();
            peer.echo();
        }
    });
    let (pipe, frozen) = (small.pipe(), Frozen::new());
    frozen.block_on(async {
        ask(&pipe, "1").await.unwrap_err();
        advance(Duration::from_secs(1)).await;
        let (one, other) = both(ask(&pipe, "1"), ask(&pipe, "2")).await;
        assert_eq!(one.unwrap(), "1");
        assert!(other.is_err());
        let (one, other) = both(ask(&pipe, "1"), ask(&pipe, "2")).await;
        assert_eq!((one.unwrap().as_str(), other.unwrap().as_str()), ("1", "2"));
    });
}

#[test]
fn a_refused_greeting_is_told_to_all_who_wait_and_not_tried_again_at_once() {
    let small = Small::new(|_, mut peer| {
        peer.hear();
        peer.say("no\n");
        peer.outlast();
    });
    let (pipe, frozen) = (small.pipe(), Frozen::new());
    frozen.block_on(async {
        let (one, other) = both(ask(&pipe, "1"), ask(&pipe, "2")).await;
        for error in [one, other, ask(&pipe, "3").await].map(Result::unwrap_err) {
            assert_eq!((error.kind(), error.to_string().as_str()), (Kind::Configuration, "the password is wrong"));
        }
        assert_eq!((small.connections(), pipe.epoch()), (1, 0));
        advance(Duration::from_secs(1)).await;
        ask(&pipe, "4").await.unwrap_err();
        assert_eq!(small.connections(), 2);
    });
}

#[test]
fn nothing_is_sent_before_the_greeting_was_answered() {
    let small = Small::new(|_, mut peer| {
        assert_eq!(peer.hear().as_deref(), Some("hello"));
        peer.0.get_mut().set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        let came_early = peer.hear().is_some();
        peer.0.get_mut().set_read_timeout(None).unwrap();
        peer.say("hello\n");
        peer.hear();
        peer.say(format!("{came_early}\n"));
    });
    assert_eq!(runtime().block_on(ask(&small.pipe(), "1")).unwrap(), "false");
}
