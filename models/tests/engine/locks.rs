//! One body across processes, and nobody who waits for ever for one that has gone.

use std::pin::pin;
use std::sync::Arc;
// It counts across orders, and has no part in any.
use std::sync::atomic::AtomicU64;
use std::task::{Context, Waker};

use cache_core::backend::Capabilities;
use shuttle::sync::atomic::Ordering;
use shuttle::{future, thread};

use crate::orders::{in_many_orders, in_some_orders};
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
        assert_eq!(stays.cache.stats().trouble, 0);
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

/// Runs a body that nobody joins who comes later, and that looks all the time whether its lock is still there.
fn call_alone(process: &Process) {
    let body = async || {
        for _ in 0..5 {
            assert!(process.world.far.is_locked().await, "somebody has taken its lock away");
            future::yield_now().await;
        }
        // Whoever comes after it finds nothing.
        Err::<u64, _>("no source")
    };
    process.delete().unwrap();
    let failed = future::block_on(process.cache.try_get_or_load_shared("name", OPTIONS.lock(10), body));
    assert_eq!(failed, Err("no source"));
}

#[test]
fn who_takes_over_the_lock_of_its_own_process_does_not_lose_it() {
    in_many_orders(|| {
        let process = World::new(Capabilities::ALL).usual();
        let callers = [(); 2].map(|()| process.spawn(|process| (0..4).for_each(|_| call_alone(process))));
        for caller in callers {
            caller.join().unwrap();
        }
    });
}

/// The store refuses all tickets of before a clear, those for a lock too.
#[test]
fn what_is_cleared_meanwhile_leaves_no_lock_behind() {
    in_many_orders(|| {
        let world = World::new(Capabilities::ALL);
        let (fails, clears) = (world.usual(), world.usual());
        let fails = fails.spawn(|process| {
            let body = async || Err::<u64, _>("no source");
            let failed = future::block_on(process.cache.try_get_or_load_shared("name", OPTIONS.lock(10), body));
            assert_eq!(failed, Err("no source"));
        });
        future::block_on(clears.cache.clear()).unwrap();
        fails.join().unwrap();
        assert!(!future::block_on(world.far.is_locked()), "its lock is still there");
    });
}
