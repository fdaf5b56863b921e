//! Functions that are asked for many at once, in stores that are asked over a wire.

use std::collections::HashMap;
use std::sync::Mutex;

use larder::testing;
use larder::{Error, cached, invalidate_tag};

use crate::stores::Store;

crate::tests!(|kind| kind.name != "null" =>
    the_body_is_asked_for_what_the_store_has_not_and_for_nothing_else,
);

/// What the bodies were asked for.
type Asked = Mutex<Vec<Vec<u32>>>;

#[cached(key = "backends:many:<id>", each(id in ids), ignore(asked), ttl = 600, tags = ["backends:many:<id>"])]
fn doubled(asked: &Asked, ids: &[u32]) -> HashMap<u32, u32> {
    asked.lock().unwrap().push(ids.to_vec());
    ids.iter().map(|id| (*id, 2 * id)).collect()
}

fn the_body_is_asked_for_what_the_store_has_not_and_for_nothing_else(store: &Store) -> Result<(), Error> {
    let open = || testing::isolated_at(store.clock.clone(), [("default", store.settings())]);
    let (mut larder, asked) = (open()?, Asked::default());
    let ask = |ids: &[u32]| {
        let found = doubled(&asked, ids);
        assert_eq!(found, ids.iter().map(|id| (*id, 2 * id)).collect());
        std::mem::take(&mut *asked.lock().unwrap())
    };
    let fifty: Vec<u32> = (1..=50).collect();
    assert_eq!(ask(&fifty), std::slice::from_ref(&fifty));
    if larder.cache("default").is_outside() {
        // Another program that shares the store.
        drop(larder);
        larder = open()?;
    }
    assert_eq!(ask(&[50, 51, 1, 52]), [[51, 52]]);
    testing::block_on(invalidate_tag("backends:many:7"))?;
    doubled::invalidate(9);
    assert_eq!(ask(&[7, 8, 9]), [[7, 9]]);
    assert_eq!((ask(&[7, 8, 9]).len(), doubled::get(7)), (0, Some(14)));
    drop(larder);
    Ok(())
}
