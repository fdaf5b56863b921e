//! What was read before an invalidation is kept by nobody after it, whoever invalidates and whatever the store can do.

use std::time::Duration;

use cache_core::backend::Capabilities;
use shuttle::future;

use crate::orders::in_some_orders;
use crate::{OPTIONS, Tagged, World};

/// What a store needs for that.
const FILLS: Capabilities = Capabilities { conditional_fill: true, ..Capabilities::NONE };

#[test]
fn what_was_read_before_another_process_has_removed_it_is_found_by_nobody_after() {
    for can in [Capabilities::ALL, FILLS] {
        in_some_orders(move || {
            let world = World::new(can);
            let (here, there) = (world.usual(), world.usual());
            let callers = [&here, &there].map(|process| process.spawn(|process| process.call()));
            world.write();
            there.delete().unwrap();
            assert_eq!(there.call(), 2, "who asks after the write gets what was written");
            for caller in callers {
                assert!(matches!(caller.join().unwrap(), 1 | 2));
            }
            assert_eq!((here.call(), there.call()), (2, 2));
        });
    }
}

/// Without tickets of the store, those of the process do: it looks back, and takes out what it has sent in vain.
#[test]
fn where_the_store_takes_no_tickets_a_process_takes_care_of_itself() {
    in_some_orders(|| {
        let world = World::new(Capabilities::NONE);
        let process = world.usual();
        let callers = [(); 2].map(|()| process.spawn(|process| process.call()));
        world.write();
        process.delete().unwrap();
        for caller in callers {
            assert!(matches!(caller.join().unwrap(), 1 | 2));
        }
        assert_eq!(process.call(), 2);
    });
}

#[test]
fn what_was_read_before_its_tag_was_invalidated_is_served_by_no_process_after() {
    for tagged in [Tagged::BeforeItsBody, Tagged::InItsBody] {
        in_some_orders(move || {
            let world = World::new(Capabilities::ALL);
            let (here, there) = (world.usual(), world.usual());
            let caller = here.spawn(move |process| process.call_tagged(tagged));
            world.write();
            there.invalidate_tag().unwrap();
            assert_eq!(there.call_tagged(tagged), 2);
            assert!(matches!(caller.join().unwrap(), 1 | 2));
            assert_eq!((here.call_tagged(tagged), there.call_tagged(tagged)), (2, 2));
        });
    }
}

#[test]
fn a_value_that_is_written_is_what_stays_whoever_loads_meanwhile() {
    in_some_orders(|| {
        let world = World::new(Capabilities::ALL);
        let (here, there) = (world.usual(), world.usual());
        let caller = here.spawn(|process| process.call());
        world.write();
        future::block_on(there.cache.set("name", 2_u64, OPTIONS)).unwrap();
        assert!(matches!(caller.join().unwrap(), 1 | 2));
        assert_eq!(future::block_on(here.cache.get("name")).unwrap(), Some(2_u64));
    });
}

/// Where a store cannot tell its entries apart, to clear is to call them otherwise.
#[test]
fn what_was_read_before_a_clear_is_found_by_nobody_once_all_know_of_it() {
    in_some_orders(|| {
        let world = World::new(Capabilities { clear_scope: false, ..Capabilities::ALL });
        let (here, there) = (world.usual(), world.usual());
        let callers = [&here, &there].map(|process| process.spawn(|process| process.call()));
        world.write();
        future::block_on(there.cache.clear()).unwrap();
        // Also for who began to read before, and is not done.
        world.clock.advance(Duration::from_secs(1));
        assert_eq!(there.call(), 2, "who clears sees it at once");
        for caller in callers {
            assert!(matches!(caller.join().unwrap(), 1 | 2));
        }
        assert_eq!((here.call(), there.call()), (2, 2));
    });
}
