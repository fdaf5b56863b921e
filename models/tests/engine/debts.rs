//! What could not be invalidated, since the store was away, is served to nobody of the process that wanted to.

use std::sync::Arc;

use cache_core::backend::Capabilities;
use cache_core::registry::Settings;
use shuttle::sync::atomic::Ordering;
use shuttle::thread::{self, JoinHandle};

use crate::orders::in_some_orders;
use crate::{Tagged, World};

/// Has the store go away and come back, so often.
fn outages(world: &Arc<World>, count: usize) -> JoinHandle<()> {
    let far = Arc::clone(&world.far);
    thread::spawn(move || {
        for _ in 0..count {
            far.is_away.store(true, Ordering::SeqCst);
            far.is_away.store(false, Ordering::SeqCst);
        }
    })
}

#[test]
fn a_removal_that_failed_is_made_up_for_before_anybody_is_served() {
    for near in [false, true] {
        in_some_orders(move || {
            let world = World::new(Capabilities { tells: near, ..Capabilities::ALL });
            let how = |settings: Settings| if near { settings.near(3600) } else { settings };
            let process = world.process(how);
            assert_eq!(process.call(), 1);
            let outages = outages(&world, 2);
            let caller = process.spawn(|process| process.call());
            world.write();
            let removed = process.delete();
            assert_eq!(process.call(), 2, "it was {removed:?}");
            assert!(matches!(caller.join().unwrap(), 1 | 2));
            outages.join().unwrap();
            assert_eq!(process.call(), 2, "it was {removed:?}");
        });
    }
}

#[test]
fn a_tag_whose_invalidation_failed_is_served_to_nobody_here() {
    for tagged in [Tagged::BeforeItsBody, Tagged::InItsBody] {
        in_some_orders(move || {
            let world = World::new(Capabilities::ALL);
            let process = world.usual();
            assert_eq!(process.call_tagged(tagged), 1);
            let outages = outages(&world, 2);
            let caller = process.spawn(move |process| process.call_tagged(tagged));
            world.write();
            let invalidated = process.invalidate_tag();
            assert_eq!(process.call_tagged(tagged), 2, "it was {invalidated:?}");
            assert!(matches!(caller.join().unwrap(), 1 | 2));
            outages.join().unwrap();
            assert_eq!(process.call_tagged(tagged), 2, "it was {invalidated:?}");
        });
    }
}

/// Of two who remove at the same time the one whose removal was lost is not paid by the other one's.
#[test]
fn each_of_two_removals_is_owed_for_itself() {
    in_some_orders(|| {
        let world = World::new(Capabilities::ALL);
        let process = world.usual();
        assert_eq!(process.call(), 1);
        let outages = outages(&world, 1);
        let other = process.spawn(|process| process.delete().is_ok());
        let caller = process.spawn(|process| process.call());
        world.write();
        let removed = process.delete();
        assert_eq!(process.call(), 2, "it was {removed:?}");
        let _ = (other.join().unwrap(), caller.join().unwrap(), outages.join());
        assert_eq!(process.call(), 2, "it was {removed:?}");
    });
}
