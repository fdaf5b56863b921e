use std::pin::pin;
use std::sync::Mutex;

use tokio::task::{JoinSet, yield_now};

use super::*;

#[test]
fn many_questions_are_one_round_trip_and_none_is_none() {
    let small = Small::echo();
    let pipe = small.pipe();
    runtime().block_on(async {
        assert_eq!(pipe.call_many(3, |out| out.extend_from_slice(b"a\nb\nc\n")).await.unwrap(), ["a", "b", "c"]);
        assert_eq!(pipe.call_many(1, |out| out.extend_from_slice(b"d\n")).await.unwrap(), ["d"]);
        assert!(pipe.call_many(0, |_| panic!("nothing is asked")).await.unwrap().is_empty());
    });
}

#[test]
fn each_of_many_callers_hears_its_own_answer() {
    let small = Small::echo();
    let pipe = Arc::new(small.pipe());
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut callers = JoinSet::new();
    for caller in 0..64 {
        let pipe = Arc::clone(&pipe);
        let asks = async move {
            for n in 0..50 {
                let line = format!("{caller}-{n}");
                assert_eq!(ask(&pipe, &line).await.unwrap(), line);
            }
        };
        callers.spawn_on(asks, runtime.handle());
    }
    runtime.block_on(callers.join_all());
    assert_eq!(small.connections(), 1);
}

#[test]
fn what_is_asked_in_one_turn_goes_out_in_one_write() {
    let pieces = Arc::<Mutex<Vec<usize>>>::default();
    let seen = Arc::clone(&pieces);
    let small = Small::new(move |_, mut peer| {
        peer.greet();
        let mut answered = 0;
        while answered < 65 {
            let mut piece = [0; 1024];
            let length = peer.0.get_mut().read(&mut piece).unwrap();
            answered += length / 2;
            seen.lock().unwrap().push(length / 2);
            peer.say(&piece[..length]);
        }
    });
    let pipe = Arc::new(small.pipe());
    runtime().block_on(async {
        assert_eq!(ask(&pipe, "1").await.unwrap(), "1");
        let mut callers = JoinSet::new();
        for _ in 0..64 {
            let pipe = Arc::clone(&pipe);
            callers.spawn(async move { ask(&pipe, "1").await.unwrap() });
        }
        callers.join_all().await;
    });
    assert_eq!(*pieces.lock().unwrap(), [1, 64]);
}

#[test]
fn an_answer_whose_caller_has_left_goes_to_nobody() {
    let small = Small::echo();
    let pipe = small.pipe();
    runtime().block_on(async {
        for _ in 0..3 {
            begin(pin!(ask(&pipe, "left before it is sent")));
            let mut sent = Box::pin(ask(&pipe, "left when it was sent"));
            begin(sent.as_mut());
            yield_now().await;
            drop(sent);
            begin(pin!(pipe.call_many(2, |out| out.extend_from_slice(b"left\nleft\n"))));
            assert_eq!(ask(&pipe, "stays").await.unwrap(), "stays");
        }
    });
    assert_eq!(small.connections(), 1);
}

#[test]
fn a_question_allocates_its_answer_and_nothing_else() {
    let small = Small::echo();
    let (pipe, runtime) = (small.pipe(), runtime());
    let ask = |times| {
        runtime.block_on(async {
            for _ in 0..times {
                assert_eq!(pipe.call(|out| out.extend_from_slice(b"1\n")).await.unwrap(), "1");
            }
        });
    };
    ask(10);
    let count = allocation_counter::measure(|| ask(100)).count_total;
    // Where this thread was held up before, tokio makes its list of those who give way, once.
    assert!((100..=102).contains(&count), "{count}");
}

#[test]
fn a_large_answer_is_heard_whole_in_whatever_pieces_it_comes() {
    const LENGTH: usize = 64 << 20;
    let small = Small::new(|_, mut peer| {
        peer.greet();
        while peer.hear().is_some() {
            peer.say(format!("={LENGTH}\n"));
            let piece = vec![b'x'; 100_003];
            let mut left = LENGTH;
            while left > 0 {
                let length = left.min(piece.len());
                peer.say(&piece[..length]);
                left -= length;
            }
            peer.say("small\n");
        }
    });
    let pipe = small.pipe();
    let answers = runtime().block_on(pipe.call_many(2, |out| out.extend_from_slice(b"large\n"))).unwrap();
    assert_eq!((answers[0].len(), answers[1].as_str()), (LENGTH, "small"));
}

#[test]
fn whoever_would_have_to_wait_behind_too_much_fails_at_once() {
    let small = Small::new(|_, mut peer| peer.outlast());
    let pipe = small.pipe_with(Limits { waiting_bytes: 10, ..limits() });
    runtime().block_on(async {
        let mut first = pin!(ask(&pipe, "it is longer than that alone"));
        begin(first.as_mut());
        let error = ask(&pipe, "1").await.unwrap_err();
        assert!(error.is_transient() && error.to_string().contains("too much waits"), "{error}");
        begin(first);
    });
}

#[test]
fn a_server_that_does_not_read_while_it_talks_is_read_all_the_same() {
    const LENGTH: usize = 8 << 20;
    let small = Small::new(|_, mut peer| {
        peer.greet();
        peer.say(format!("={LENGTH}\n{}", "x".repeat(LENGTH)));
        peer.echo();
    });
    let pipe = small.pipe();
    let question = [b"y".repeat(LENGTH), b"\n".to_vec()].concat();
    let answers = runtime().block_on(pipe.call_many(2, |out| out.extend_from_slice(&question))).unwrap();
    assert_eq!((answers[0].len(), answers[1].len()), (LENGTH, LENGTH));
}

#[cfg(unix)]
#[test]
fn a_socket_of_this_machine_is_as_good() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lines");
    let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut copy = BufReader::new(stream.try_clone().unwrap());
        let mut line = String::new();
        while copy.read_line(&mut line).unwrap() > 0 {
            stream.write_all(line.as_bytes()).unwrap();
            line.clear();
        }
    });
    let pipe = Pipe::new(Server::unix("Lines", path), Lines, limits());
    assert_eq!(runtime().block_on(ask(&pipe, "1")).unwrap(), "1");
}

#[test]
fn closing_lets_those_hear_their_answers_who_wait_and_the_next_one_opens_again() {
    let small = Small::echo();
    let pipe = small.pipe();
    runtime().block_on(async {
        let mut waiting = pin!(ask(&pipe, "waits"));
        begin(waiting.as_mut());
        pipe.close();
        assert_eq!((waiting.await.unwrap().as_str(), pipe.epoch()), ("waits", 1));
        assert_eq!(ask(&pipe, "next").await.unwrap(), "next");
        assert_eq!((pipe.epoch(), small.connections()), (2, 2));
    });
}

#[test]
fn a_pipe_that_is_dropped_takes_its_connection_with_it() {
    let (gone, heard) = mpsc::channel();
    let small = Small::new(move |_, mut peer| {
        peer.echo();
        gone.send(()).unwrap();
    });
    runtime().block_on(async {
        let pipe = small.pipe();
        ask(&pipe, "1").await.unwrap();
        drop(pipe);
        yield_now().await;
        heard.recv().expect("the server has seen the end");
    });
}
