//! The crowd, and those who want something else meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::time::sleep;

use super::{Asked, BODIES, CALLERS, Call, Crowd, Down, LOAD};

/// What was seen of one crowd.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub bodies: usize,
    /// Until the last one of the crowd was served.
    pub all: Duration,
    /// The longest that a hit took meanwhile.
    pub warm: Duration,
    /// How long another cold key took meanwhile.
    pub other: Duration,
}

/// Lets a crowd of tasks ask.
pub async fn in_tasks<F, T>(crowd: Crowd, ask: impl Fn(Call) -> F) -> Seen
where
    F: Future<Output = Result<T, Down>> + Send + 'static,
    T: Send + 'static,
{
    let of = |asked| ask(Call { asked, crowd });
    assert!(of(Asked::Warm).await.is_ok(), "the warm key is loaded");
    BODIES.store(0, Ordering::SeqCst);
    let began = Instant::now();
    let callers: Vec<_> = (0..CALLERS).map(|_| tokio::spawn(of(Asked::Cold))).collect();
    let other = of(Asked::Other);
    let other = tokio::spawn(async move {
        sleep(LOAD / 4).await;
        let began = Instant::now();
        assert!(other.await.is_ok(), "the other key is loaded");
        began.elapsed()
    });
    let mut callers = tokio::spawn(async move {
        for outcome in join_all(callers).await {
            assert_eq!(outcome.expect("a caller ends").is_err(), crowd.fails);
        }
        began.elapsed()
    });
    let mut warm = Duration::ZERO;
    let all = loop {
        tokio::select! {
            biased;
            all = &mut callers => break all.expect("the crowd is served"),
            () = sleep(Duration::from_millis(1)) => {
                let asked = Instant::now();
                assert!(of(Asked::Warm).await.is_ok(), "the warm key is there");
                warm = warm.max(asked.elapsed());
            }
        }
    };
    Seen { bodies: BODIES.load(Ordering::SeqCst), all, warm, other: other.await.expect("the other caller ends") }
}

/// Lets a crowd of threads ask.
pub fn in_threads<T>(crowd: Crowd, ask: impl Fn(Call) -> Result<T, Down> + Sync) -> Seen {
    let of = |asked| ask(Call { asked, crowd });
    assert!(of(Asked::Warm).is_ok(), "the warm key is loaded");
    BODIES.store(0, Ordering::SeqCst);
    let (start, done) = (Barrier::new(CALLERS + 1), Arc::new(AtomicBool::new(false)));
    thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    assert_eq!(of(Asked::Cold).is_err(), crowd.fails);
                })
            })
            .collect();
        start.wait();
        let began = Instant::now();
        let other = scope.spawn(|| {
            thread::sleep(LOAD / 4);
            let began = Instant::now();
            assert!(of(Asked::Other).is_ok(), "the other key is loaded");
            began.elapsed()
        });
        let warm = scope.spawn(|| {
            let mut longest = Duration::ZERO;
            while !done.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(1));
                let asked = Instant::now();
                assert!(of(Asked::Warm).is_ok(), "the warm key is there");
                longest = longest.max(asked.elapsed());
            }
            longest
        });
        callers.into_iter().for_each(|caller| caller.join().expect("a caller ends"));
        let all = began.elapsed();
        done.store(true, Ordering::SeqCst);
        let bodies = BODIES.load(Ordering::SeqCst);
        let (warm, other) = (warm.join().expect("it ends"), other.join().expect("it ends"));
        Seen { bodies, all, warm, other }
    })
}
