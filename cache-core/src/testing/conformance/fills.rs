//! What was read before a change is not kept after it.

use super::ground::{Ground, entry, same};
use super::{Case, Verdict};
use crate::backend::Capabilities;
use crate::key::Name;

pub(super) const CASES: &[Case] = &[
    Case { says: "a fill is kept where nothing was changed meanwhile", concerns: fill, run: undisturbed },
    Case { says: "a fill is not kept after a removal", concerns: fill, run: after_delete },
    Case { says: "a fill is not kept after the removal of what was never there", concerns: fill, run: after_no_delete },
    Case { says: "a fill is not kept after a write, and leaves what was written", concerns: fill, run: after_write },
    Case { says: "a fill is not kept after a write that has expired since", concerns: fill, run: after_expiry },
    Case { says: "a fill is not kept after a count", concerns: fill_and_incr, run: after_count },
    Case { says: "a fill is not kept after its scope was cleared", concerns: fill_and_clear, run: after_clear },
    Case { says: "a ticket is good for one fill", concerns: fill, run: once },
    Case { says: "a fill is there until its time is over, and not after", concerns: fill, run: timed },
    Case { says: "a fill is not disturbed by changes of other names", concerns: fill, run: others },
];

pub(super) fn fill(capabilities: &Capabilities) -> bool {
    capabilities.conditional_fill
}

pub(super) fn fill_and_clear(capabilities: &Capabilities) -> bool {
    capabilities.conditional_fill && capabilities.clear_scope
}

pub(super) fn fill_and_incr(capabilities: &Capabilities) -> bool {
    capabilities.conditional_fill && capabilities.atomic_incr
}

fn undisturbed(ground: &Ground<'_>) -> Verdict {
    let [fresh, stale] = ["fresh", "stale"].map(|key| ground.name(key));
    ground.set(&stale, b"old", None)?;
    for name in [fresh, stale] {
        let ticket = ground.begin_fill(&name)?;
        same("`set_if` says", ground.set_if(&name, b"new", &ticket)?, true)?;
        ground.holds("after it", &name, b"new")?;
    }
    Ok(())
}

/// Asks that a fill is refused that was begun before `change`.
pub(super) fn refused(ground: &Ground<'_>, name: &Name, change: impl FnOnce() -> Verdict) -> Verdict {
    let ticket = ground.begin_fill(name)?;
    change()?;
    same("`set_if` says", ground.set_if(name, b"late", &ticket)?, false)
}

fn after_delete(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.set(&name, b"old", None)?;
    refused(ground, &name, || ground.delete(&name).map(drop))?;
    ground.holds_nothing("after it", &name)?;
    refused(ground, &name, || ground.delete_many(std::slice::from_ref(&name)).map(drop))?;
    ground.holds_nothing("after it", &name)
}

fn after_no_delete(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    refused(ground, &name, || ground.delete(&name).map(drop))?;
    ground.holds_nothing("after it", &name)?;
    let ticket = ground.begin_fill(&name)?;
    same("with a ticket from after that, `set_if` says", ground.set_if(&name, b"new", &ticket)?, true)
}

fn after_write(ground: &Ground<'_>) -> Verdict {
    let [set, one_of_many, added] = ["set", "one of many", "added"].map(|key| ground.name(key));
    refused(ground, &set, || ground.set(&set, b"written", None))?;
    ground.holds("after it", &set, b"written")?;
    refused(ground, &one_of_many, || ground.set_many(&[entry(&one_of_many, "written")]).map(drop))?;
    ground.holds("after it", &one_of_many, b"written")?;
    refused(ground, &added, || ground.add(&added, b"written", None).map(drop))?;
    ground.holds("after it", &added, b"written")?;
    refused(ground, &set, || {
        ground.delete(&set)?;
        ground.set(&set, b"again", None)
    })?;
    ground.holds("after it", &set, b"again")
}

fn after_expiry(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    refused(ground, &name, || {
        ground.set(&name, b"short", ground.units(1))?;
        ground.pass(3);
        ground.holds_nothing("after its time", &name)
    })?;
    ground.holds_nothing("after it", &name)
}

fn after_count(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.set(&name, b"41", None)?;
    refused(ground, &name, || ground.incr(&name, 1).map(drop))?;
    ground.holds("after it", &name, b"42")
}

fn once(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    let ticket = ground.begin_fill(&name)?;
    same("`set_if` says", ground.set_if(&name, b"first", &ticket)?, true)?;
    same("the second `set_if` says", ground.set_if(&name, b"second", &ticket)?, false)?;
    ground.holds("after both", &name, b"first")
}

fn timed(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.in_time(2, || {
        let ticket = ground.begin_fill(&name)?;
        same("`set_if` says", ground.set_if_for(&name, b"value", ground.units(3), &ticket)?, true)?;
        ground.pass(1);
        ground.holds("after a third of its time", &name, b"value")?;
        ground.pass(3);
        ground.holds_nothing("after its time", &name)
    })
}

fn after_clear(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    refused(ground, &name, || ground.clear(&ground.scope("1")))?;
    ground.holds_nothing("after it", &name)
}

fn others(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    let ticket = ground.begin_fill(&name)?;
    for other in 0..10 {
        let other = ground.name(&format!("key{other}"));
        ground.set(&other, b"other", None)?;
        ground.delete(&other)?;
    }
    same("`set_if` says", ground.set_if(&name, b"value", &ticket)?, true)
}
