//! One body across processes, and nobody who waits for ever for one that has gone.

use std::pin::pin;
use std::sync::Arc;
// It counts across orders, and has no part in any.
use std::sync::atomic::AtomicU64;
use std::task::{Context, Waker};

use cache_core::backend::Capabilities;
use shuttle::sync::atomic::Ordering;
use shuttle::{future, thread};

use crate::orders::in_some_orders;
use crate::{OPTIONS, Process, Tagged, World};

async fn call(process: &Process) -> u64 {
    process.load(Tagged::Never, OPTIONS.lock(10)).await
}

#[test]
fn of_three_processes_one_runs_the_body() {
    in_some_orders(|| {
        let world = World::new(Capabilities::ALL);
        let callers = [(); 3].map(|()| world.usual().spawn(|process| future::block_on(call(process))));
        for caller in callers {
            assert_eq!(caller.join().unwrap(), 1);
        }
        assert_eq!(world.loads.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn who_leaves_in_the_middle_frees_those_who_wait_elsewhere() {
    let left = Arc::new(AtomicU64::new(0));
    let bodies = Arc::clone(&left);
    in_some_orders(move || {
        let world = World::new(Capabilities::ALL);
        let leaves = {
            let (process, bodies) = (world.usual(), Arc::clone(&bodies));
            thread::spawn(move || {
                let mut call = pin!(call_that_rests(&process, &bodies));
                let mut context = Context::from_waker(Waker::noop());
                let _ = (0..3).find(|_| call.as_mut().poll(&mut context).is_ready());
            })
        };
        // The clock stands still: a lock that nobody lets go of is waited for until the model is given up.
        let stays = world.usual();
        let value = stays.spawn(|process| future::block_on(call(process)));
        assert_eq!(value.join().unwrap(), 1);
        leaves.join().unwrap();
        world.rest();
        assert_eq!((world.loads.load(Ordering::SeqCst), stays.cache.stats().trouble), (1, 0));
    });
    assert!(left.load(Ordering::SeqCst) > 0, "no body was left in the middle");
}

/// Does it with a body that never ends.
async fn call_that_rests(process: &Arc<Process>, bodies: &AtomicU64) -> u64 {
    let body = async || {
        bodies.fetch_add(1, Ordering::SeqCst);
        std::future::pending().await
    };
    process.cache.get_or_load("name", OPTIONS.lock(10), body).await
}
