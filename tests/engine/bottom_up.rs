//! What is made of something else goes after it, whoever reads in between: else it is made anew of what is old, and kept.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use larder::backend::Capabilities;
use larder::clock::Clock;
use larder::testing::{self, Isolated};
use larder::{Settings, after_commit, cached, changed, invalidates, on_change};

use crate::shared_store::Shared;

thread_local! {
    static SOURCE: Cell<u64> = const { Cell::new(1) };
}

#[cached(key = "bottom-up:price", cache = "outside", tags = ["bottom-up:prices"])]
async fn price() -> u64 {
    std::future::ready(SOURCE.get()).await
}

#[cached(key = "bottom-up:label", tags = ["bottom-up:labels"])]
async fn label() -> u64 {
    price().await * 10
}

#[invalidates(price(), label())]
async fn write() {
    SOURCE.set(2);
}

#[invalidates(label(), price())]
async fn write_upside_down() {
    SOURCE.set(2);
}

#[invalidates(price(), label(), before)]
async fn write_afterwards() {}

#[invalidates(price())]
#[invalidates(label())]
async fn write_in_two() {
    SOURCE.set(2);
}

#[invalidates(label(), before)]
#[invalidates(price(), before)]
async fn write_afterwards_in_two() {}

#[invalidates(price(), before)]
#[invalidates(label(), before)]
async fn write_afterwards_upside_down() {}

#[invalidates(|_| price(), label())]
async fn write_with_result() -> u64 {
    SOURCE.replace(2)
}

#[invalidates(price(), |_| label())]
async fn write_with_result_last() -> u64 {
    SOURCE.replace(2)
}

#[invalidates(tag = "bottom-up:labels", price())]
async fn write_with_tag() {
    SOURCE.set(2);
}

#[invalidates(tag = "bottom-up:labels", price())]
async fn forget_with_tag() {}

#[invalidates(tag = "bottom-up:prices", label())]
async fn write_with_tag_of_price() {
    SOURCE.set(2);
}

#[invalidates(tag = "bottom-up:prices", label())]
async fn forget_with_tag_of_price() {}

#[invalidates(price(), label())]
async fn forget_and_stay() {
    std::future::pending::<()>().await;
}

#[invalidates(tag = "bottom-up:prices", label())]
async fn forget_with_tag_and_stay() {
    std::future::pending::<()>().await;
}

#[invalidates(tag = "bottom-up:prices", label())]
async fn write_with_tag_and_stay() {
    SOURCE.set(2);
    std::future::pending::<()>().await;
}

#[invalidates(price(), label())]
async fn write_and_stay() {
    SOURCE.set(2);
    std::future::pending::<()>().await;
}

/// A change of the price.
#[derive(Clone)]
struct Price;

/// One step of a test: each call of the store outside takes some.
fn step<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> Option<T> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    (0..1_000).find_map(|_| step(future.as_mut())).expect("it ends")
}

/// Begins anew, with both of them kept.
fn kept() -> Isolated {
    let clock = Clock::manual();
    let store = Shared::new(&clock, Capabilities::ALL, true);
    let larder = testing::isolated_at(clock, [("outside", Settings::backend(store))]).unwrap();
    SOURCE.set(1);
    assert_eq!(run(label()), 10);
    larder
}

/// Has somebody read at each step of the work until one of them, for each one that it takes; returns after which of them
/// what is read in the end is old.
fn old_after<F: Future>(work: impl Fn() -> F) -> Vec<usize> {
    let mut old = Vec::new();
    for steps in 1..1_000 {
        let _larder = kept();
        let mut work = pin!(work());
        let has_ended = (0..steps).any(|_| {
            let has_ended = step(work.as_mut()).is_some();
            run(label());
            has_ended
        });
        if !has_ended {
            run(work);
        }
        if run(label()) != 20 {
            old.push(steps);
        }
        if has_ended {
            assert!(steps > 2, "somebody was there in between");
            return old;
        }
    }
    panic!("it does not end");
}

const NEVER: [usize; 0] = [];

#[test]
fn what_one_list_names_is_invalidated_in_its_order_from_the_bottom_up() {
    assert_eq!(old_after(write), NEVER);
    assert_eq!(old_after(write_with_result), NEVER);
    assert_eq!(old_after(write_with_result_last), NEVER);
    let first_written = || async {
        SOURCE.set(2);
        write_afterwards().await;
    };
    assert_eq!(old_after(first_written), NEVER);
    assert_ne!(old_after(write_upside_down), NEVER, "of two functions nobody knows which is made of the other");
}

#[test]
fn of_several_attributes_the_first_is_done_first_and_the_last_where_that_is_before() {
    assert_eq!(old_after(write_in_two), NEVER);
    let first_written = || async {
        SOURCE.set(2);
        write_afterwards_in_two().await;
    };
    assert_eq!(old_after(first_written), NEVER);
    let upside_down = || async {
        SOURCE.set(2);
        write_afterwards_upside_down().await;
    };
    assert_ne!(old_after(upside_down), NEVER);
}

#[test]
fn a_tag_goes_before_and_after_the_functions_beside_it() {
    assert_eq!(old_after(write_with_tag), NEVER);
    assert_eq!(old_after(write_with_tag_of_price), NEVER);
}

#[test]
fn a_listener_invalidates_from_the_bottom_up() {
    let change = || async {
        SOURCE.set(2);
        changed(&Price).await;
    };
    let listening = || {
        on_change::<Price>(async |_| {
            price::invalidate().await;
            label::invalidate().await;
        });
        change()
    };
    assert_eq!(old_after(listening), NEVER);
    let upside_down = || {
        on_change::<Price>(async |_| {
            label::invalidate().await;
            price::invalidate().await;
        });
        change()
    };
    assert_ne!(old_after(upside_down), NEVER, "what is read in between is made of what is old");
}

/// Takes a step, at which others read what was there before.
async fn commit() {
    yield_now().await;
    SOURCE.set(2);
}

#[test]
fn after_a_commit_all_goes_once_more_in_the_same_order() {
    let work = || {
        after_commit(async {
            price::invalidate().await;
            label::invalidate().await;
            commit().await;
        })
    };
    assert_eq!(old_after(work), NEVER);
    let twice = || {
        after_commit(async {
            label::invalidate().await;
            price::invalidate().await;
            label::invalidate().await;
            commit().await;
        })
    };
    assert_eq!(old_after(twice), NEVER, "also what was named before by somebody else");
    let listed = || {
        after_commit(async {
            forget_with_tag().await;
            commit().await;
        })
    };
    assert_eq!(old_after(listed), NEVER);
    let listed = || {
        after_commit(async {
            forget_with_tag_of_price().await;
            commit().await;
        })
    };
    assert_eq!(old_after(listed), NEVER);
}

/// Begins something, and leaves it half-way.
fn left(work: impl Future<Output = ()>) {
    assert!(step(pin!(work)).is_none());
}

#[test]
fn what_was_left_within_a_transaction_goes_once_more_after_the_commit() {
    let work = || {
        after_commit(async {
            left(forget_and_stay());
            commit().await;
        })
    };
    assert_eq!(old_after(work), NEVER);
    let with_tag = || {
        after_commit(async {
            left(forget_with_tag_and_stay());
            commit().await;
        })
    };
    assert_eq!(old_after(with_tag), NEVER);
}

#[test]
fn what_was_left_is_counted_once() {
    let larder = kept();
    left(forget_and_stay());
    larder.run_tasks();
    let of = |cache| larder.cache(cache).stats().invalidated;
    assert_eq!((of("default"), of("outside")), (1, 1));
}

/// Leaves work half-way, and reads after each number of the steps in which the rest is done beside; returns after which of
/// them what is read in the end is old.
fn old_beside<F: Future>(work: impl Fn() -> F) -> Vec<usize> {
    let reads_after = |steps: usize| {
        let larder = kept();
        {
            let mut work = pin!(work());
            assert!((0..100).all(|_| step(work.as_mut()).is_none()));
        }
        let executor = larder.cache("outside").executor().clone();
        let reader = async move {
            for _ in 0..steps {
                yield_now().await;
            }
            label().await;
        };
        assert!(executor.spawn(Box::pin(reader)).is_ok());
        assert_eq!(larder.run_tasks(), 2, "the reader, and all that is left, in one");
        run(label())
    };
    (0..50).filter(|steps| reads_after(*steps) != 20).collect()
}

async fn yield_now() {
    let mut has_yielded = false;
    poll_fn(|context| {
        context.waker().wake_by_ref();
        if std::mem::replace(&mut has_yielded, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

#[test]
fn who_leaves_half_way_leaves_all_of_it_in_its_order() {
    assert_eq!(old_beside(write_and_stay), NEVER);
    assert_eq!(old_beside(write_with_tag_and_stay), NEVER);
    let in_a_transaction = || {
        after_commit(async {
            price::invalidate().await;
            label::invalidate().await;
            commit().await;
            std::future::pending::<()>().await;
        })
    };
    assert_eq!(old_beside(in_a_transaction), NEVER);
}
