//! One body across processes, and nobody who waits for ever for one that has gone.

use std::pin::pin;
use std::sync::Arc;
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
        world.settle();
    });
}

#[test]
fn who_leaves_in_the_middle_frees_those_who_wait_elsewhere() {
    in_some_orders(|| {
        let world = World::new(Capabilities::ALL);
        let leaves = {
            let process = world.usual();
            thread::spawn(move || {
                let mut call = pin!(call_that_rests(&process));
                let mut context = Context::from_waker(Waker::noop());
                let _ = (0..3).find(|_| call.as_mut().poll(&mut context).is_ready());
            })
        };
        let stays = world.usual().spawn(|process| future::block_on(call(process)));
        assert_eq!(stays.join().unwrap(), 1);
        leaves.join().unwrap();
        assert!(world.loads.load(Ordering::SeqCst) <= 2);
        world.settle();
    });
}

/// Does it with a body that never ends.
async fn call_that_rests(process: &Arc<Process>) -> u64 {
    process.cache.get_or_load("name", OPTIONS.lock(10), std::future::pending).await
}
