//! How long entries are there.

use std::time::Duration;

use super::ground::{Ground, same};
use super::{Case, Verdict, every};
use crate::backend::{Capabilities, Entry, Remaining};

pub(super) const CASES: &[Case] = &[
    Case { says: "an entry is there until its time is over, and not after", concerns: every, run: expires },
    Case { says: "what is written again has the new time alone", concerns: every, run: rewritten },
    Case { says: "a time of zero keeps nothing, and removes what was", concerns: every, run: zero },
    Case { says: "add, touch or set_many for no time keeps nothing either", concerns: every, run: zero_otherwise },
    Case { says: "a time too short to be told is not for ever", concerns: every, run: tiny },
    Case { says: "a very long time is neither a date nor an error", concerns: every, run: long },
    Case { says: "add leaves a live entry its value and its time", concerns: every, run: add_to_live },
    Case { says: "add takes the place of an expired entry", concerns: every, run: add_to_expired },
    Case { says: "what has expired was not there for delete either", concerns: every, run: delete_expired },
    Case { says: "ttl says how long an entry still has", concerns: every, run: remaining },
    Case { says: "touch gives an entry another time, and leaves its value", concerns: touch, run: touched },
    Case { says: "touch shortens a time as well as it lengthens one", concerns: touch, run: shortened },
    Case { says: "touch without an end makes an entry stay", concerns: touch, run: touched_for_ever },
    Case { says: "touch never revives what has expired, nor makes what is missing", concerns: touch, run: not_revived },
];

fn touch(capabilities: &Capabilities) -> bool {
    capabilities.touch
}

fn expires(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.in_time(2, || {
        ground.set(&name, b"value", ground.units(3))?;
        ground.holds("at once", &name, b"value")?;
        ground.pass(1);
        ground.holds("after a third of its time", &name, b"value")?;
        ground.pass(3);
        ground.holds_nothing("after its time", &name)?;
        same("`ttl` says then", ground.ttl(&name)?, None)
    })
}

fn rewritten(ground: &Ground<'_>) -> Verdict {
    let [longer, shorter] = ["longer", "shorter"].map(|key| ground.name(key));
    ground.set(&longer, b"before", ground.units(2))?;
    ground.set(&longer, b"after", None)?;
    ground.set(&shorter, b"before", None)?;
    ground.set(&shorter, b"after", ground.units(2))?;
    ground.pass(4);
    ground.holds("written again without an end", &longer, b"after")?;
    ground.holds_nothing("written again with an end", &shorter)
}

fn zero(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.set(&name, b"before", None)?;
    ground.set(&name, b"never", Some(Duration::ZERO))?;
    ground.holds_nothing("after a `set` for no time", &name)
}

fn zero_otherwise(ground: &Ground<'_>) -> Verdict {
    let [added, one_of_many, touched] = ["added", "one of many", "touched"].map(|key| ground.name(key));
    ground.set(&one_of_many, b"before", None)?;
    let never = Entry { name: one_of_many.clone(), value: b"never".to_vec(), time: Some(Duration::ZERO) };
    ground.set_many(&[never])?;
    ground.holds_nothing("after a `set_many` for no time", &one_of_many)?;
    ground.add(&added, b"never", Some(Duration::ZERO))?;
    ground.holds_nothing("after an `add` for no time", &added)?;
    if !touch(&ground.capabilities) {
        return Ok(());
    }
    ground.set(&touched, b"before", None)?;
    ground.touch(&touched, Some(Duration::ZERO))?;
    ground.holds_nothing("after a `touch` for no time", &touched)
}

fn tiny(ground: &Ground<'_>) -> Verdict {
    for (key, time) in
        [("1", Duration::from_nanos(1)), ("2", Duration::from_micros(400)), ("3", Duration::from_micros(999))]
    {
        let name = ground.name(key);
        ground.set(&name, b"value", Some(time))?;
        ground.pass(3);
        ground.holds_nothing(&format!("long after {time:?}"), &name)?;
        ground.add(&name, b"value", Some(time))?;
        ground.pass(3);
        ground.holds_nothing(&format!("long after an `add` for {time:?}"), &name)?;
    }
    Ok(())
}

fn long(ground: &Ground<'_>) -> Verdict {
    let days = |days: u64| Duration::from_secs(days * 24 * 60 * 60);
    for (key, time) in [("months", days(60)), ("ages", days(365_000)), ("beyond", Duration::MAX)] {
        let name = ground.name(key);
        ground.set(&name, b"value", Some(time))?;
        ground.pass(1);
        ground.holds(&format!("written for {time:?}"), &name, b"value")?;
    }
    let left = ground.ttl(&ground.name("months"))?;
    match left {
        Some(Remaining::For(time)) if time > days(59) && time <= days(60) => Ok(()),
        other => Err(format!("of 60 days there are left {other:?}")),
    }
}

fn add_to_live(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.in_time(3, || {
        ground.set(&name, b"first", ground.units(3))?;
        same("`add` says", ground.add(&name, b"second", None)?, false)?;
        ground.holds("after `add`", &name, b"first")?;
        ground.pass(4);
        ground.holds_nothing("after the time of the first", &name)
    })
}

fn add_to_expired(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.in_time(2, || {
        ground.set(&name, b"first", ground.units(1))?;
        ground.pass(3);
        same("`add` says", ground.add(&name, b"second", ground.units(2))?, true)?;
        ground.holds("after `add`", &name, b"second")?;
        ground.pass(4);
        ground.holds_nothing("after the time of the second", &name)
    })
}

fn delete_expired(ground: &Ground<'_>) -> Verdict {
    let [one, two] = ["one", "two"].map(|key| ground.name(key));
    ground.set(&one, b"value", ground.units(1))?;
    ground.set(&two, b"value", ground.units(1))?;
    ground.pass(3);
    same("`delete` says", ground.delete(&one)?, false)?;
    same("`delete_many` says", ground.delete_many(&[two])?, 0)
}

/// Asks that so many units are left, or up to one less, as time may pass; in full seconds they may be rounded up.
fn left(ground: &Ground<'_>, key: &str, units: u32) -> Verdict {
    let slack = if ground.capabilities.sub_second { Duration::ZERO } else { Duration::from_secs(1) };
    let (most, least) = (ground.unit * units + slack, ground.unit * (units - 1));
    match ground.ttl(&ground.name(key))? {
        Some(Remaining::For(time)) if time <= most && time > least => Ok(()),
        other => Err(format!("there should be left {most:?} or a little less, and `ttl` says {other:?}")),
    }
}

fn remaining(ground: &Ground<'_>) -> Verdict {
    let [timed, endless] = ["timed", "endless"].map(|key| ground.name(key));
    ground.in_time(1, || {
        ground.set(&timed, b"value", ground.units(9))?;
        ground.set(&endless, b"value", None)?;
        left(ground, "timed", 9)?;
        ground.pass(4);
        left(ground, "timed", 5)?;
        same("without an end `ttl` says", ground.ttl(&endless)?, Some(Remaining::Forever))
    })
}

fn touched(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.in_time(1, || {
        ground.set(&name, b"value", ground.units(3))?;
        same("`touch` says", ground.touch(&name, ground.units(9))?, true)?;
        ground.pass(4);
        ground.holds("after the time from before", &name, b"value")?;
        left(ground, "key", 5)?;
        same("`touch` without an end says", ground.touch(&name, None)?, true)?;
        same("`ttl` says then", ground.ttl(&name)?, Some(Remaining::Forever))?;
        same("`touch` with an end says", ground.touch(&name, ground.units(1))?, true)?;
        ground.pass(3);
        ground.holds_nothing("after that", &name)
    })
}

fn touched_for_ever(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.in_time(2, || {
        ground.set(&name, b"value", ground.units(2))?;
        same("`touch` says", ground.touch(&name, None)?, true)?;
        ground.pass(4);
        ground.holds("after the time from before", &name, b"value")?;
        same("`ttl` says", ground.ttl(&name)?, Some(Remaining::Forever))
    })
}

fn shortened(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.in_time(9, || {
        ground.set(&name, b"value", ground.units(9))?;
        same("`touch` says", ground.touch(&name, ground.units(1))?, true)?;
        ground.pass(3);
        ground.holds_nothing("after the shorter time", &name)
    })
}

fn not_revived(ground: &Ground<'_>) -> Verdict {
    let [expired, missing] = ["expired", "missing"].map(|key| ground.name(key));
    ground.set(&expired, b"value", ground.units(1))?;
    ground.pass(3);
    same("`touch` of what has expired says", ground.touch(&expired, None)?, false)?;
    ground.holds_nothing("after that", &expired)?;
    same("`touch` of what is missing says", ground.touch(&missing, None)?, false)?;
    ground.holds_nothing("after that", &missing)
}
