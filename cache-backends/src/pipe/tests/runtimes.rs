use std::pin::pin;
use std::task::{Context, Poll, Wake, Waker};

use cache_core::testing::block_on;
use tokio::task::yield_now;

use super::*;

#[test]
fn a_question_is_answered_in_no_runtime_and_in_each_kind_of_one() {
    let small = Small::echo();
    let pipe = small.pipe();
    assert_eq!(block_on(ask(&pipe, "none")).unwrap(), "none");
    let current = runtime();
    assert_eq!(current.block_on(ask(&pipe, "current")).unwrap(), "current");
    let many = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    assert_eq!(many.block_on(ask(&pipe, "many")).unwrap(), "many");
    assert_eq!((pipe.epoch(), small.connections(), pipe.runtimes()), (3, 3, 3));
    assert_eq!(block_on(ask(&pipe, "again")).unwrap(), "again");
    assert_eq!(pipe.epoch(), 3);
}

#[test]
fn a_runtime_without_sockets_is_helped_out() {
    let small = Small::echo();
    let pipe = small.pipe();
    for runtime in [Builder::new_current_thread().build().unwrap(), Builder::new_multi_thread().build().unwrap()] {
        assert_eq!(runtime.block_on(ask(&pipe, "1")).unwrap(), "1");
        assert_eq!(runtime.block_on(ask(&pipe, "2")).unwrap(), "2");
    }
    assert_eq!((pipe.epoch(), block_on(ask(&pipe, "3")).unwrap().as_str()), (1, "3"));
}

#[test]
fn a_connection_ends_with_its_runtime_and_the_next_caller_opens_one() {
    let small = Small::echo();
    let pipe = small.pipe();
    for epoch in 1..=3 {
        let runtime = runtime();
        assert_eq!(runtime.block_on(ask(&pipe, "1")).unwrap(), "1");
        assert_eq!((pipe.epoch(), pipe.runtimes()), (epoch, 1));
        drop(runtime);
        assert_eq!(pipe.runtimes(), 0);
    }
}

#[test]
fn whoever_waits_elsewhere_is_told_when_the_runtime_of_the_connection_ends() {
    let (small, waits) = (Small::echo(), runtime());
    let pipe = small.pipe();
    for has_begun in [false, true] {
        let ends = runtime();
        let mut waiting = Box::pin(ask(&pipe, "1"));
        ends.block_on(async {
            begin(waiting.as_mut());
            if has_begun {
                yield_now().await;
            }
        });
        drop(ends);
        let error = waits.block_on(waiting).unwrap_err();
        assert!(error.is_transient() && error.to_string().contains("has ended with the runtime"), "{error}");
    }
    assert_eq!(waits.block_on(ask(&pipe, "2")).unwrap(), "2");
}

#[test]
fn a_runtime_that_ends_while_somebody_asks_in_it_leaves_nobody_waiting() {
    struct AsksWhenDropped(Arc<Pipe<Lines>>, mpsc::Sender<Result<String, Error>>);
    impl Drop for AsksWhenDropped {
        fn drop(&mut self) {
            let mut asking = pin!(ask(&self.0, "1"));
            if let Poll::Ready(heard) = asking.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                self.1.send(heard).unwrap();
            }
        }
    }
    let small = Small::echo();
    let (sender, heard) = mpsc::channel();
    let asks = AsksWhenDropped(Arc::new(small.pipe()), sender);
    let runtime = runtime();
    runtime.spawn(async move {
        let _asks = asks;
        std::future::pending::<()>().await;
    });
    runtime.block_on(yield_now());
    drop(runtime);
    assert!(heard.recv().expect("it was told at once").is_err());
}

#[test]
fn a_runtime_that_nobody_drives_holds_up_no_other_one() {
    let small = Small::echo();
    let pipe = small.pipe();
    let (stands, goes) = (runtime(), runtime());
    let mut waiting = Box::pin(ask(&pipe, "later"));
    stands.block_on(async { begin(waiting.as_mut()) });
    assert_eq!(goes.block_on(ask(&pipe, "1")).unwrap(), "1");
    assert_eq!(block_on(ask(&pipe, "2")).unwrap(), "2");
    assert_eq!(stands.block_on(waiting).unwrap(), "later");
}

#[test]
fn a_blocking_call_in_the_only_thread_of_a_runtime_is_answered() {
    let small = Small::echo();
    let pipe = small.pipe();
    runtime().block_on(async {
        assert_eq!(ask(&pipe, "1").await.unwrap(), "1");
        assert_eq!(block_on(async { ask(&pipe, "2").await.and(ask(&pipe, "3").await) }).unwrap(), "3");
        assert_eq!(ask(&pipe, "4").await.unwrap(), "4");
    });
    assert_eq!(pipe.epoch(), 2);
}

/// Waits as somebody may who knows nothing of larder.
fn block_on_by_hand<F: Future>(future: F) -> F::Output {
    struct Unpark(thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let (mut future, waker) = (pin!(future), Arc::new(Unpark(thread::current())).into());
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn whoever_holds_up_the_runtime_that_he_waits_for_is_told_so() {
    let small = Small::echo();
    let pipe = small.pipe_with(Limits { timeout: Duration::from_millis(30), ..limits() });
    let runtime = runtime();
    runtime.block_on(async {
        for _ in 0..2 {
            let error = block_on_by_hand(ask(&pipe, "1")).unwrap_err();
            assert!(error.is_transient() && error.to_string().contains("stands still"), "{error}");
        }
    });
}

#[test]
fn callers_come_and_go_on_many_runtimes_at_once() {
    let small = Small::echo();
    let pipe = Arc::new(small.pipe());
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let pipe = Arc::clone(&pipe);
            thread::spawn(move || {
                for n in 0..20 {
                    let line = format!("{thread}-{n}");
                    let heard = match n % 3 {
                        0 => block_on(ask(&pipe, &line)),
                        _ => runtime().block_on(ask(&pipe, &line)),
                    };
                    assert_eq!(heard.unwrap(), line);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("no panic");
    }
    assert_eq!(pipe.runtimes(), 1, "that of the driver");
}
