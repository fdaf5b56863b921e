//! One body across processes that share a store, by a lock that goes by itself.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use futures_util::future::join_all;
use larder::backend::Capabilities;
use larder::clock::Clock;
use larder::testing::Isolated;
use larder::{Cache, Options, cached};
use tokio::sync::oneshot;

use crate::Runs;
use crate::shared_store::Shared;

const SECOND: Duration = Duration::from_secs(1);
/// Longer than anybody rests before they look again.
const REST: Duration = Duration::from_millis(200);

fn options() -> Options {
    Options::ttl(60).lock(10)
}

/// Several processes and the store that they share.
struct Fleet {
    clock: Clock,
    store: Arc<Shared>,
    processes: Vec<(Isolated, Cache)>,
}

impl Fleet {
    fn of(processes: usize) -> Self {
        Self::that_can(Capabilities::ALL, false, processes)
    }

    fn that_can(can: Capabilities, stops: bool, processes: usize) -> Self {
        let clock = Clock::manual();
        let store = Shared::new(&clock, can, stops);
        let processes = (0..processes).map(|_| store.process(&clock)).collect();
        Self { clock, store, processes }
    }

    fn cache(&self, process: usize) -> Cache {
        self.processes[process].1.clone()
    }

    /// Moves the clock that all of them read.
    fn advance(&self, time: Duration) {
        self.clock.advance(time);
        self.processes.iter().for_each(|(larder, _)| larder.advance(Duration::ZERO));
    }

    /// Runs what was started beside callers.
    fn run_tasks(&self) {
        self.processes.iter().for_each(|(larder, _)| _ = larder.run_tasks());
    }

    fn locked(&self, process: usize) -> u64 {
        self.processes[process].1.stats().locked
    }
}

type Call<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

fn poll<F: Future + ?Sized>(call: &mut Pin<Box<F>>) -> Poll<F::Output> {
    call.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

/// A call whose body returns what is sent to it.
fn held(cache: &Cache, options: Options) -> (oneshot::Sender<u64>, Call<'_, u64>) {
    let (send, receive) = oneshot::channel();
    let mut call: Call<'_, u64> = Box::pin(cache.get_or_load("key", options, || async { receive.await.unwrap() }));
    assert_eq!(poll(&mut call), Poll::Pending, "its body waits");
    (send, call)
}

fn call(cache: &Cache, options: Options, value: u64) -> Call<'_, u64> {
    Box::pin(cache.get_or_load("key", options, async move || value))
}

#[test]
fn ten_callers_in_each_of_two_processes_run_one_body() {
    let fleet = Fleet::of(2);
    let (here, there, runs) = (fleet.cache(0), fleet.cache(1), Runs::default());
    let (send, receive) = oneshot::channel::<()>();
    let receive = std::cell::RefCell::new(Some(receive));
    let body = async || {
        let wait = receive.borrow_mut().take();
        if let Some(wait) = wait {
            wait.await.unwrap();
        }
        runs.next() as u64
    };
    let mut ours = Box::pin(join_all((0..10).map(|_| here.get_or_load("key", options(), body))));
    let mut theirs = Box::pin(join_all((0..10).map(|_| there.get_or_load("key", options(), body))));
    assert!(poll(&mut ours).is_pending() && poll(&mut theirs).is_pending());
    fleet.advance(SECOND);
    assert!(poll(&mut theirs).is_pending(), "there is nothing yet");
    send.send(()).unwrap();
    assert_eq!(poll(&mut ours), Poll::Ready(vec![1; 10]));
    fleet.advance(REST);
    assert_eq!(poll(&mut theirs), Poll::Ready(vec![1; 10]));
    assert_eq!((runs.count(), fleet.locked(0), fleet.locked(1)), (1, 0, 1));
    assert_eq!(there.stats().loads, 0);
}

/// Also where one has looked before the other was done, and locks after it.
#[test]
fn in_every_schedule_of_two_processes_there_is_one_body() {
    for (ours_first, theirs_first) in (0..24).flat_map(|ours| (0..24).map(move |theirs| (ours, theirs))) {
        let fleet = Fleet::that_can(Capabilities::ALL, true, 2);
        let (here, there, runs) = (fleet.cache(0), fleet.cache(1), Runs::default());
        let body = async || runs.next();
        let mut ours = Box::pin(here.get_or_load("key", options(), body));
        let mut theirs = Box::pin(there.get_or_load("key", options(), body));
        let (mut our_value, mut their_value) = (None, None);
        let mut step = |ours_too: bool, theirs_too: bool| {
            if ours_too && our_value.is_none() {
                our_value = ready(poll(&mut ours));
            }
            if theirs_too && their_value.is_none() {
                their_value = ready(poll(&mut theirs));
            }
            our_value.zip(their_value)
        };
        (0..ours_first).for_each(|_| _ = step(true, false));
        (0..theirs_first).for_each(|_| _ = step(false, true));
        let both = (0..100).find_map(|_| {
            fleet.advance(REST / 10);
            step(true, true)
        });
        assert_eq!((both, runs.count()), (Some((1, 1)), 1), "{ours_first}, {theirs_first}");
    }
}

fn ready<T>(poll: Poll<T>) -> Option<T> {
    match poll {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

#[test]
fn whoever_leaves_frees_those_who_wait_in_other_processes() {
    let fleet = Fleet::of(2);
    let (here, there) = (fleet.cache(0), fleet.cache(1));
    let (_send, ours) = held(&here, options());
    let mut theirs = call(&there, options(), 2);
    assert!(poll(&mut theirs).is_pending());
    drop(ours);
    fleet.run_tasks();
    fleet.advance(REST);
    assert_eq!(poll(&mut theirs), Poll::Ready(2));
}

#[test]
fn whoever_panics_frees_those_who_wait_in_other_processes() {
    let fleet = Fleet::of(2);
    let (here, there) = (fleet.cache(0), fleet.cache(1));
    let (send, mut ours) = held(&here, options());
    let mut theirs = call(&there, options(), 2);
    assert!(poll(&mut theirs).is_pending());
    drop(send);
    assert!(catch_unwind(AssertUnwindSafe(|| poll(&mut ours))).is_err(), "its body panics");
    fleet.run_tasks();
    fleet.advance(REST);
    assert_eq!(poll(&mut theirs), Poll::Ready(2));
}

#[test]
fn whoever_fails_has_freed_those_who_wait_in_other_processes() {
    let fleet = Fleet::of(2);
    let (here, there) = (fleet.cache(0), fleet.cache(1));
    let (send, receive) = oneshot::channel();
    let mut ours = Box::pin(here.try_get_or_load("key", options(), || async { receive.await.unwrap() }));
    assert!(poll(&mut ours).is_pending());
    let mut theirs = call(&there, options(), 2);
    assert!(poll(&mut theirs).is_pending());
    send.send(Err::<u64, _>("the source is away")).unwrap();
    assert_eq!(poll(&mut ours), Poll::Ready(Err("the source is away")));
    fleet.advance(REST);
    assert_eq!(poll(&mut theirs), Poll::Ready(2));
}

/// One of them takes over, and goes on holding what the one who left would have let go of.
#[test]
fn a_leader_who_leaves_hands_the_lock_over_to_the_next_one_of_its_process() {
    let fleet = Fleet::of(2);
    let (here, there) = (fleet.cache(0), fleet.cache(1));
    let (_send, first) = held(&here, options());
    let (send, receive) = oneshot::channel();
    let mut second: Call<'_, u64> = Box::pin(here.get_or_load("key", options(), || async { receive.await.unwrap() }));
    assert!(poll(&mut second).is_pending());
    drop(first);
    assert!(poll(&mut second).is_pending(), "it does not wait for its own process");
    fleet.run_tasks();
    let mut theirs = call(&there, options(), 3);
    assert!(poll(&mut theirs).is_pending());
    fleet.advance(SECOND);
    assert!(poll(&mut theirs).is_pending(), "the lock is still there");
    send.send(2).unwrap();
    assert_eq!(poll(&mut second), Poll::Ready(2));
    fleet.advance(REST);
    assert_eq!(poll(&mut theirs), Poll::Ready(2));
}

#[test]
fn a_lock_that_ends_while_the_body_runs_lets_another_one_run_and_the_ticket_decides() {
    let fleet = Fleet::of(2);
    let (here, there) = (fleet.cache(0), fleet.cache(1));
    let (send, mut ours) = held(&here, options());
    let mut theirs = call(&there, options(), 2);
    assert!(poll(&mut theirs).is_pending());
    for _ in 0..99 {
        fleet.advance(SECOND / 10);
        assert!(poll(&mut theirs).is_pending());
    }
    fleet.advance(SECOND / 10);
    assert_eq!(poll(&mut theirs), Poll::Ready(2));
    send.send(1).unwrap();
    assert_eq!(poll(&mut ours), Poll::Ready(1), "it is handed to its caller");
    assert_eq!(here.blocking().get::<u64>("key").unwrap(), Some(2), "and not kept: it is the older one");
    assert_eq!(here.stats().superseded, 1);
}

/// How long others wait is said for each of them, and not for each who has the lock meanwhile.
#[test]
fn who_has_waited_for_the_time_of_a_lock_waits_no_longer_for_who_has_got_it_since() {
    let fleet = Fleet::of(3);
    let (here, there, elsewhere) = (fleet.cache(0), fleet.cache(1), fleet.cache(2));
    let (fail, failure) = oneshot::channel();
    let fails = || async { Err::<u64, &'static str>(failure.await.unwrap()) };
    let mut first: Call<'_, _> = Box::pin(here.try_get_or_load("key", options(), fails));
    assert!(poll(&mut first).is_pending());
    let mut waits = call(&there, options(), 2);
    assert!(poll(&mut waits).is_pending());
    fleet.advance(6 * SECOND);
    fail.send("no source").unwrap();
    assert_eq!(poll(&mut first), Poll::Ready(Err("no source")));
    let (_send, _next) = held(&elsewhere, options());
    fleet.advance(3 * SECOND);
    assert!(poll(&mut waits).is_pending(), "it looks whether there is something");
    fleet.advance(SECOND);
    assert_eq!(poll(&mut waits), Poll::Ready(2), "ten seconds were said");
}

#[test]
fn whoever_is_late_does_not_take_the_lock_of_another_one_away() {
    for conditional_fill in [true, false] {
        let fleet = Fleet::that_can(Capabilities { conditional_fill, ..Capabilities::ALL }, false, 3);
        let (late, next, third) = (fleet.cache(0), fleet.cache(1), fleet.cache(2));
        let (send_late, mut ours) = held(&late, options());
        fleet.advance(10 * SECOND);
        let (send_next, mut theirs) = held(&next, options());
        send_late.send(1).unwrap();
        assert_eq!(poll(&mut ours), Poll::Ready(1));
        third.blocking().delete("key").unwrap();
        let mut last = call(&third, options(), 3);
        assert!(poll(&mut last).is_pending());
        fleet.advance(SECOND);
        assert!(poll(&mut last).is_pending(), "the lock is still there");
        send_next.send(2).unwrap();
        assert_eq!(poll(&mut theirs), Poll::Ready(2));
        fleet.advance(REST);
        assert!(poll(&mut last).is_ready());
        assert_eq!(fleet.locked(2), 1);
    }
}

#[test]
fn a_store_that_fails_at_each_call_in_turn_holds_nobody_up() {
    let fails_at = |number| {
        let fleet = Fleet::of(2);
        let (here, there) = (fleet.cache(0), fleet.cache(1));
        fleet.store.fail_at(number);
        assert_eq!(poll(&mut call(&here, options(), 1)), Poll::Ready(1));
        let asked = fleet.store.asked();
        fleet.run_tasks();
        let mut theirs = call(&there, options(), 2);
        let value = (0..=50).find_map(|_| {
            let value = ready(poll(&mut theirs));
            fleet.advance(REST);
            value
        });
        assert!(matches!(value, Some(1 | 2)), "{number}");
        (asked, here.stats().trouble)
    };
    let (calls, trouble) = fails_at(0);
    assert!(calls > 6 && trouble == 0, "{calls}");
    for number in 1..=calls {
        assert_eq!(fails_at(number).1, 1, "{number}");
    }
}

#[test]
fn a_store_that_fails_while_somebody_waits_holds_them_up_no_longer() {
    let fleet = Fleet::of(2);
    let (here, there) = (fleet.cache(0), fleet.cache(1));
    let (_send, _ours) = held(&here, options());
    let mut theirs = call(&there, options(), 2);
    assert!(poll(&mut theirs).is_pending());
    fleet.store.fail_at(1);
    fleet.advance(REST);
    assert_eq!(poll(&mut theirs), Poll::Ready(2));
}

#[test]
fn where_a_store_cannot_tell_who_came_first_there_is_no_lock() {
    let fleet = Fleet::that_can(Capabilities { atomic_add: false, ..Capabilities::ALL }, false, 2);
    let (here, there) = (fleet.cache(0), fleet.cache(1));
    let (_send, _ours) = held(&here, options());
    assert_eq!(poll(&mut call(&there, options(), 2)), Poll::Ready(2));
    assert_eq!(fleet.locked(1), 0);
}

#[test]
fn where_a_stale_value_will_do_nobody_waits_for_another_process() {
    let fleet = Fleet::of(2);
    let (here, there) = (fleet.cache(0), fleet.cache(1));
    let options = options().stale(600);
    here.blocking().set("key", 1_u64, options).unwrap();
    fleet.advance(61 * SECOND);
    let (send, mut ours) = held(&here, options);
    assert_eq!(poll(&mut call(&there, options, 2)), Poll::Ready(1));
    assert_eq!((there.stats().stale, fleet.locked(1)), (1, 1));
    fleet.store.fail_at(0);
    assert_eq!(poll(&mut call(&there, options, 2)), Poll::Ready(1));
    assert_eq!(fleet.store.asked(), 1, "for a moment nobody asks for the lock again");
    send.send(3).unwrap();
    assert_eq!(poll(&mut ours), Poll::Ready(3));
    assert_eq!(poll(&mut call(&there, options, 2)), Poll::Ready(3), "what is new is seen at once");
}

#[test]
fn past_the_soft_limit_a_stale_value_is_taken_instead_of_waiting_for_another_process() {
    let fleet = Fleet::of(2);
    let (here, there) = (fleet.cache(0), fleet.cache(1));
    let options = options().stale_if_error(600).soft_timeout(2);
    here.blocking().set("key", 1_u64, options).unwrap();
    fleet.advance(61 * SECOND);
    let (_send, _ours) = held(&here, options);
    let mut theirs = call(&there, options, 2);
    assert!(poll(&mut theirs).is_pending());
    fleet.advance(SECOND);
    assert!(poll(&mut theirs).is_pending());
    fleet.advance(SECOND);
    assert_eq!((poll(&mut theirs), there.stats().stale), (Poll::Ready(1), 1));
}

#[test]
fn what_is_invalidated_while_another_process_loads_it_is_loaded_anew() {
    let fleet = Fleet::of(2);
    let (here, there) = (fleet.cache(0), fleet.cache(1));
    let (send, mut ours) = held(&here, options());
    let mut theirs = call(&there, options(), 2);
    assert!(poll(&mut theirs).is_pending());
    there.blocking().delete("key").unwrap();
    send.send(1).unwrap();
    assert_eq!(poll(&mut ours), Poll::Ready(1));
    fleet.advance(REST);
    assert_eq!(poll(&mut theirs), Poll::Ready(2));
    assert_eq!(there.blocking().get::<u64>("key").unwrap(), Some(2), "what was read after it is kept");
}

#[test]
fn after_an_invalidation_nobody_waits_for_a_load_of_their_own_process() {
    let fleet = Fleet::of(1);
    let cache = fleet.cache(0);
    let (_send, _old) = held(&cache, options());
    cache.blocking().delete("key").unwrap();
    assert_eq!(poll(&mut call(&cache, options(), 2)), Poll::Ready(2));
    assert_eq!(fleet.locked(0), 0);
}

#[test]
fn a_lock_is_no_entry_and_survives_what_clears_those() {
    let fleet = Fleet::of(2);
    let (here, there) = (fleet.cache(0), fleet.cache(1));
    let (_send, _ours) = held(&here, options());
    there.blocking().clear().unwrap();
    let mut theirs = call(&there, options(), 2);
    assert!(poll(&mut theirs).is_pending());
    let names: Vec<_> = fleet.store.markers().iter().map(ToString::to_string).collect();
    assert_eq!(names.len(), 1, "{names:?}");
    assert!(names[0].contains("%=:lock:"), "{names:?}");
}

#[test]
fn a_caller_who_blocks_waits_as_long_and_no_longer() {
    let fleet = Fleet::of(2);
    let here = fleet.cache(0);
    let (_send, _ours) = held(&here, options());
    let (there, began) = (fleet.cache(1), fleet.clock.now());
    let theirs = thread::spawn(move || there.blocking().get_or_load("key", options(), || 2_u64));
    while !theirs.is_finished() {
        fleet.advance(SECOND / 10);
        thread::yield_now();
    }
    assert_eq!(theirs.join().unwrap(), 2);
    assert!(fleet.clock.now().since(began) >= 10 * SECOND);
}

#[cached(key = "locks:report:<id>", ttl = 60, lock = 5, ignore(value))]
async fn report(id: u64, value: oneshot::Receiver<u64>) -> u64 {
    id + value.await.unwrap()
}

#[test]
fn a_function_with_a_lock_runs_in_one_process_at_a_time() {
    let fleet = Fleet::of(2);
    let [(send, ours), (_send, theirs)] = std::array::from_fn(|_| oneshot::channel());
    let mut ours = Box::pin(fleet.processes[0].0.scope(report(1, ours)));
    let mut theirs = Box::pin(fleet.processes[1].0.scope(report(1, theirs)));
    assert!(poll(&mut ours).is_pending() && poll(&mut theirs).is_pending());
    fleet.advance(4 * SECOND);
    assert!(poll(&mut theirs).is_pending());
    send.send(6).unwrap();
    assert_eq!(poll(&mut ours), Poll::Ready(7));
    fleet.advance(REST);
    assert_eq!((poll(&mut theirs), fleet.locked(1)), (Poll::Ready(7), 1));
}

static REFRESHES: Runs = Runs::new();

#[cached(key = "locks:refreshed:<id>", ttl = 10, stale = 600, lock)]
async fn refreshed(id: u64) -> u64 {
    std::future::ready(id + REFRESHES.next() as u64).await
}

#[test]
fn a_refresh_beside_its_caller_lets_its_lock_go() {
    let fleet = Fleet::of(2);
    let call = |process: usize| poll(&mut Box::pin(fleet.processes[process].0.scope(refreshed(10))));
    assert_eq!(call(0), Poll::Ready(11));
    fleet.advance(11 * SECOND);
    assert_eq!(call(0), Poll::Ready(11));
    assert_eq!(call(1), Poll::Ready(11), "the other process leaves it to the first");
    assert_eq!((REFRESHES.count(), fleet.locked(1)), (1, 1));
    fleet.run_tasks();
    assert_eq!(call(1), Poll::Ready(12));
    fleet.cache(1).blocking().delete(refreshed::key(10)).unwrap();
    assert_eq!(call(1), Poll::Ready(13), "it does not wait");
}

#[test]
fn in_memory_a_lock_does_nothing() {
    let larder = larder::testing::isolated();
    let cache = larder.cache("default");
    assert_eq!(cache.blocking().get_or_load("key", options(), || 1_u64), 1);
    assert_eq!((cache.stats().entries, cache.stats().locked), (1, 0));
}

/// Once `first` has taken so many steps, two more ask, one in its process and one in another: no two of their bodies run.
fn one_body_runs_beside(fleet: &Fleet, mut first: Call<'_, Result<u64, &'static str>>, steps: usize) {
    let (here, there, running) = (fleet.cache(0), fleet.cache(1), std::cell::Cell::new(0));
    let body = async || {
        running.set(running.get() + 1);
        std::future::pending::<Result<u64, &'static str>>().await
    };
    let has_ended = (0..steps).any(|_| poll(&mut first).is_ready());
    let mut second = Box::pin(here.try_get_or_load_shared("key", options(), body));
    let is_told = (0..60).any(|_| poll(&mut second).is_ready());
    assert!(has_ended || (0..60).any(|_| poll(&mut first).is_ready()));
    let mut third = Box::pin(there.try_get_or_load_shared("key", options(), body));
    assert!(!(0..60).any(|_| poll(&mut third).is_ready()));
    assert!(running.get() <= 1, "{steps} steps of the first were taken, and the second has ended: {is_told}");
}

/// Between the last look at a lock and its removal another load of the process may find it, and take it for its own.
#[test]
fn a_lock_that_is_on_its_way_out_is_not_taken_for_ones_own() {
    for steps in 1..60 {
        let fleet = Fleet::that_can(Capabilities::ALL, true, 2);
        let here = fleet.cache(0);
        let first = Box::pin(here.try_get_or_load_shared("key", options(), async || Err("no source")));
        one_body_runs_beside(&fleet, first, steps);
    }
}

#[test]
fn a_lock_that_was_left_is_taken_over_also_while_another_one_is_on_its_way_out() {
    for steps in 1..60 {
        let fleet = Fleet::that_can(Capabilities::ALL, true, 1);
        let (cache, running) = (fleet.cache(0), std::cell::Cell::new(0));
        let body = async || {
            running.set(running.get() + 1);
            std::future::pending::<u64>().await
        };
        let mut left = Box::pin(cache.get_or_load("key", options(), body));
        assert!(!(0..60).any(|_| poll(&mut left).is_ready()));
        // What would remove its lock is a task, which nobody runs here.
        drop(left);
        let mut other = Box::pin(cache.try_get_or_load("other", options(), async || Err::<u64, _>("no source")));
        let _has_ended = (0..steps).any(|_| poll(&mut other).is_ready());
        let mut next = Box::pin(cache.get_or_load("key", options(), body));
        assert!(!(0..60).any(|_| poll(&mut next).is_ready()));
        assert_eq!(running.get(), 2, "{steps} steps of another load were taken");
    }
}

/// Whoever adds a lock anew writes into it what every load of the process does.
#[test]
fn a_lock_that_is_over_and_added_anew_is_not_removed_by_who_had_it_before() {
    for steps in 1..60 {
        let fleet = Fleet::that_can(Capabilities::ALL, true, 2);
        let here = fleet.cache(0);
        let (fail, failure) = oneshot::channel();
        let fails = || async { Err::<u64, &'static str>(failure.await.unwrap()) };
        let mut first: Call<'_, _> = Box::pin(here.try_get_or_load_shared("key", options(), fails));
        assert!(!(0..60).any(|_| poll(&mut first).is_ready()));
        fleet.advance(11 * SECOND);
        fail.send("no source").unwrap();
        one_body_runs_beside(&fleet, first, steps);
    }
}

/// Whoever looks whether a lock is its own keeps the others of its process from removing it, and is to do that then.
#[test]
fn who_leaves_while_it_looks_whose_a_lock_is_leaves_none_behind() {
    for steps in 1..60 {
        let fleet = Fleet::that_can(Capabilities::ALL, true, 2);
        let (here, there) = (fleet.cache(0), fleet.cache(1));
        let (send, receive) = oneshot::channel();
        let mut first = Box::pin(here.get_or_load("key", options(), || async { receive.await.unwrap() }));
        assert!(!(0..60).any(|_| poll(&mut first).is_ready()));
        // Nobody joins it any more.
        here.blocking().delete("key").unwrap();
        let mut second = Box::pin(here.get_or_load("key", options(), std::future::pending::<u64>));
        assert!(!(0..steps).any(|_| poll(&mut second).is_ready()));
        send.send(1).unwrap();
        assert!((0..60).any(|_| poll(&mut first).is_ready()));
        drop(second);
        fleet.run_tasks();
        let mut third = Box::pin(there.get_or_load("key", options(), async || 3_u64));
        let answer = (0..60).find_map(|_| Some(poll(&mut third)).filter(Poll::is_ready));
        assert_eq!(answer, Some(Poll::Ready(3)), "{steps} steps of the second were taken");
    }
}

#[test]
fn who_leaves_while_a_lock_is_on_its_way_to_the_store_leaves_none_behind() {
    for steps in 1..60 {
        let fleet = Fleet::that_can(Capabilities::ALL, true, 2);
        let (here, there) = (fleet.cache(0), fleet.cache(1));
        let mut first = Box::pin(here.get_or_load("key", options(), std::future::pending::<u64>));
        assert!(!(0..steps).any(|_| poll(&mut first).is_ready()));
        drop(first);
        fleet.run_tasks();
        let mut second = Box::pin(there.get_or_load("key", options(), async || 2_u64));
        let answer = (0..60).find_map(|_| Some(poll(&mut second)).filter(Poll::is_ready));
        assert_eq!(answer, Some(Poll::Ready(2)), "{steps} steps of the first were taken");
    }
}

/// A store that has cleared something else refuses what a ticket of before is for: a lock that is still there has to go all the same.
#[test]
fn a_lock_is_gone_when_its_load_is_over_whatever_is_cleared_meanwhile() {
    for steps in 1..60 {
        let fleet = Fleet::that_can(Capabilities::ALL, true, 2);
        let (here, there) = (fleet.cache(0), fleet.cache(1));
        let mut first = Box::pin(here.try_get_or_load("key", options(), async || Err::<u64, _>("no source")));
        let has_ended = (0..steps).any(|_| poll(&mut first).is_ready());
        there.blocking().clear().unwrap();
        assert!(has_ended || (0..60).any(|_| poll(&mut first).is_ready()));
        let mut second = Box::pin(there.get_or_load("key", options(), async || 2_u64));
        let answer = (0..60).find_map(|_| Some(poll(&mut second)).filter(Poll::is_ready));
        assert_eq!(answer, Some(Poll::Ready(2)), "{steps} steps of the first were taken");
    }
}

#[test]
fn a_lock_that_was_left_and_is_taken_over_lasts_as_long_as_a_new_one() {
    let fleet = Fleet::of(2);
    let (here, there) = (fleet.cache(0), fleet.cache(1));
    let (_send, left) = held(&here, options());
    drop(left);
    fleet.clock.advance(9 * SECOND);
    let (send, mut next) = held(&here, options());
    fleet.clock.advance(9 * SECOND);
    let mut other = call(&there, options(), 2);
    assert_eq!(poll(&mut other), Poll::Pending, "it is locked for a second more");
    send.send(1).unwrap();
    assert_eq!(poll(&mut next), Poll::Ready(1));
    fleet.advance(REST);
    assert_eq!(poll(&mut other), Poll::Ready(1));
}

/// Some stores cannot give an entry another time, and neither can what is encrypted.
#[test]
fn a_lock_that_was_left_is_taken_over_also_where_it_cannot_be_given_its_whole_time() {
    let fleet = Fleet::that_can(Capabilities { touch: false, ..Capabilities::ALL }, false, 1);
    let cache = fleet.cache(0);
    let (_send, left) = held(&cache, options());
    drop(left);
    let (send, mut next) = held(&cache, options());
    send.send(1).unwrap();
    assert_eq!(poll(&mut next), Poll::Ready(1));
    assert_eq!(cache.stats().trouble, 0);
}
