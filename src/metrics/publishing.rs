//! A thread that publishes, for programs that nobody asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::publish;

/// Publishes until it is dropped, and then once more. From [`every`].
#[derive(Debug)]
#[must_use = "it is over when this is dropped"]
pub struct Publishing {
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// Publishes now, and then as often as this, on a thread of its own, until what this returns is dropped; and a last time then.
///
/// That is for recorders that send what they know by themselves. Where somebody asks for the numbers, call [`publish`] then.
/// It tells the recorder of the program: install that first.
///
/// ```
/// use std::time::Duration;
///
/// let publishing = larder::metrics::every(Duration::from_secs(10));
/// // … the program …
/// drop(publishing);
/// ```
///
/// # Panics
///
/// At zero.
#[track_caller]
pub fn every(time: Duration) -> Publishing {
    assert!(!time.is_zero(), "larder: who publishes metrics without a pause does nothing else: write a second or more");
    let is_over = Arc::new(AtomicBool::new(false));
    let is_over_there = Arc::clone(&is_over);
    let publishing = move || {
        while !is_over_there.load(Ordering::Acquire) {
            publish();
            wait(time, &is_over_there);
        }
        publish();
    };
    let thread = match thread::Builder::new().name("larder-metrics".to_owned()).spawn(publishing) {
        Ok(thread) => Some(thread),
        Err(error) => {
            log::warn!(target: "larder", "no metrics are published: there is no thread for that: {error}");
            None
        }
    };
    Publishing { is_over, thread }
}

/// Waits for so long, or until it is over.
fn wait(time: Duration, is_over: &AtomicBool) {
    let began = Instant::now();
    while let Some(left) = time.checked_sub(began.elapsed()).filter(|left| !left.is_zero())
        && !is_over.load(Ordering::Acquire)
    {
        thread::park_timeout(left);
    }
}

impl Drop for Publishing {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A recorder that has panicked has said so itself.
            let _ = thread.join();
        }
    }
}
