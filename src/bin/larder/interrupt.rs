//! Ctrl-C: the first one asks for an end, the second one does not wait for it.

use std::future::poll_fn;
use std::pin::pin;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

static IS_OVER: AtomicBool = AtomicBool::new(false);

/// Whether a person is asked: Ctrl-C is an answer then, and nothing is under way that would have to come to an end.
static IS_ASKED: AtomicBool = AtomicBool::new(false);

/// How often it is looked whether somebody wants an end.
const LOOK: Duration = Duration::from_millis(50);

/// Hears of Ctrl-C from now on, also where whoever has started the program does not. Where that cannot be heard, it ends the
/// program, as it would without this.
pub fn hear() {
    static BEGIN: Once = Once::new();
    BEGIN.call_once(|| {
        let (ready, is_ready) = mpsc::channel();
        // The thread ends with the program.
        drop(thread::spawn(move || listen(ready)));
        let _ = is_ready.recv();
    });
}

/// Listens, and lets go of `ready` when nothing is missed any more.
fn listen(ready: mpsc::Sender<()>) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let mut first = pin!(tokio::signal::ctrl_c());
        let heard = poll_fn(|context| Poll::Ready(first.as_mut().poll(context))).await;
        drop(ready);
        match heard {
            Poll::Ready(heard) => heard?,
            Poll::Pending => first.await?,
        }
        if IS_ASKED.load(Ordering::SeqCst) {
            eprintln!();
            process::exit(130)
        }
        IS_OVER.store(true, Ordering::SeqCst);
        tokio::signal::ctrl_c().await?;
        process::exit(130)
    })
}

/// Asks a person something; Ctrl-C ends the program.
pub fn while_asked<T>(ask: impl FnOnce() -> T) -> T {
    hear();
    IS_ASKED.store(true, Ordering::SeqCst);
    let answer = ask();
    IS_ASKED.store(false, Ordering::SeqCst);
    answer
}

/// Returns whether somebody wants an end.
pub fn is_over() -> bool {
    IS_OVER.load(Ordering::SeqCst)
}

/// Waits for a future, and now and then does something else; `None` where somebody wants an end before it is there.
pub fn wait<T>(future: impl Future<Output = T>, mut meanwhile: impl FnMut()) -> Option<T> {
    wait_while(future, || {
        meanwhile();
        !is_over()
    })
}

/// Waits for a future, and no longer than until then, whether somebody wants an end or not.
pub fn wait_until<T>(future: impl Future<Output = T>, until: Instant) -> Option<T> {
    wait_while(future, || Instant::now() < until)
}

fn wait_while<T>(future: impl Future<Output = T>, mut is_wanted: impl FnMut() -> bool) -> Option<T> {
    let (mut future, waker) = (pin!(future), Waker::from(Arc::new(Waiting(thread::current()))));
    // Also before the first look: a store on this machine answers at once, and each time.
    while is_wanted() {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(output);
        }
        thread::park_timeout(LOOK);
    }
    None
}

/// Sleeps for so long, or until somebody wants an end.
pub fn sleep(time: Duration) {
    sleep_while(time, || !is_over());
}

/// Sleeps for so long, or as long as this is so.
pub fn sleep_while(time: Duration, is_so: impl Fn() -> bool) {
    let mut left = time;
    while is_so() && !left.is_zero() {
        thread::sleep(LOOK.min(left));
        left = left.saturating_sub(LOOK);
    }
}

struct Waiting(Thread);

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    #[test]
    fn who_wants_an_end_has_it_also_where_everything_is_answered_at_once() {
        assert_eq!(wait_while(ready(1), || true), Some(1));
        assert_eq!(wait_while(ready(1), || false), None);
        assert_eq!(wait_until(ready(1), Instant::now()), None);
        assert_eq!(wait_until(pending::<()>(), Instant::now()), None);
    }
}
