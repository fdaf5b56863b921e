//! What is kept near its callers goes when the store tells that it was changed, and is not read while nobody would
//! hear. Who joins a load that is under way has what that one has read, also where another process has changed it
//! meanwhile.

use std::sync::Arc;

use cache_core::backend::Capabilities;
use shuttle::thread;

use crate::orders::in_some_orders;
use crate::{Process, Tagged, World};

const TELLS: Capabilities = Capabilities { tells: true, ..Capabilities::ALL };

/// A process that keeps things near, and one that does not.
fn both(world: &Arc<World>) -> (Arc<Process>, Arc<Process>) {
    (world.process(|settings| settings.near(3600)), world.usual())
}

#[test]
fn what_was_read_before_a_change_is_not_near_once_that_was_told() {
    in_some_orders(|| {
        let world = World::new(TELLS);
        let (here, there) = both(&world);
        assert_eq!(there.call(), 1);
        let callers = [(); 2].map(|()| here.spawn(|process| process.call()));
        world.write();
        there.delete().unwrap();
        for caller in callers {
            assert!(matches!(caller.join().unwrap(), 1 | 2));
        }
        assert_eq!(here.call(), 2);
    });
}

#[test]
fn what_was_not_heard_on_a_line_that_was_cut_is_not_near_once_it_is_mended() {
    in_some_orders(|| {
        let world = World::new(TELLS);
        let (here, there) = both(&world);
        assert_eq!(there.call(), 1);
        let line = {
            let far = Arc::clone(&world.far);
            thread::spawn(move || {
                far.cut();
                far.mend();
            })
        };
        let caller = here.spawn(|process| process.call());
        world.write();
        there.delete().unwrap();
        line.join().unwrap();
        assert!(matches!(caller.join().unwrap(), 1 | 2));
        assert_eq!(here.call(), 2);
    });
}

#[test]
fn a_tag_that_is_invalidated_elsewhere_takes_along_what_is_near() {
    for tagged in [Tagged::BeforeItsBody, Tagged::InItsBody] {
        in_some_orders(move || {
            let world = World::new(TELLS);
            let (here, there) = both(&world);
            assert_eq!(there.call_tagged(tagged), 1);
            let caller = here.spawn(move |process| process.call_tagged(tagged));
            world.write();
            there.invalidate_tag().unwrap();
            assert!(matches!(caller.join().unwrap(), 1 | 2));
            assert_eq!(here.call_tagged(tagged), 2);
        });
    }
}
