//! Counting.

use super::ground::{Ground, fails, same};
use super::{Case, Verdict};
use crate::backend::{Capabilities, Remaining};
use crate::error::Kind;
use crate::executor::block_on;

pub(super) const CASES: &[Case] = &[
    Case { says: "incr adds to the digits under a name, also below nothing", concerns: incr, run: adds },
    Case { says: "incr keeps the time that an entry has left", concerns: incr, run: keeps_time },
    Case { says: "incr of what is missing or expired is an error, and makes nothing", concerns: incr, run: missing },
    Case { says: "incr of what is no number is an error, and changes nothing", concerns: incr, run: no_number },
    Case { says: "incr beyond 64 bits is an error, and changes nothing", concerns: incr, run: overflow },
];

pub(super) fn incr(capabilities: &Capabilities) -> bool {
    capabilities.atomic_incr
}

fn adds(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.set(&name, b"40", None)?;
    same("40 and 2 are", ground.incr(&name, 2)?, 42)?;
    ground.holds("after that", &name, b"42")?;
    same("42 less 142 are", ground.incr(&name, -142)?, -100)?;
    ground.holds("after that", &name, b"-100")?;
    same("-100 and 0 are", ground.incr(&name, 0)?, -100)?;
    same("-100 and 107 are", ground.incr(&name, 107)?, 7)?;
    same("`ttl` says", ground.ttl(&name)?, Some(Remaining::Forever))
}

fn keeps_time(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.in_time(2, || {
        ground.set(&name, b"1", ground.units(4))?;
        ground.pass(2);
        ground.incr(&name, 1)?;
        match ground.ttl(&name)? {
            Some(Remaining::For(time)) if time <= ground.unit * 3 => {}
            other => return Err(format!("after half of 4 units and an `incr`, `ttl` says {other:?}")),
        }
        ground.pass(3);
        ground.holds_nothing("after its time", &name)
    })
}

fn missing(ground: &Ground<'_>) -> Verdict {
    let [missing, expired] = ["missing", "expired"].map(|key| ground.name(key));
    ground.set(&expired, b"1", ground.units(1))?;
    ground.pass(3);
    for name in [&missing, &expired] {
        fails("`incr`", block_on(ground.backend.incr(name, 1)), Kind::Missing)?;
        ground.holds_nothing("after that", name)?;
    }
    Ok(())
}

fn no_number(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    for value in [&b"seven"[..], b"", b"7.5", b"0x7", &[0xC1, 1, 1, 0], b"99999999999999999999"] {
        ground.set(&name, value, None)?;
        fails("`incr`", block_on(ground.backend.incr(&name, 1)), Kind::NotANumber)?;
        ground.holds("after that", &name, value)?;
    }
    Ok(())
}

fn overflow(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    for (most, delta) in [(i64::MAX, 1), (i64::MIN, -1), (i64::MAX, i64::MAX)] {
        let value = most.to_string();
        ground.set(&name, value.as_bytes(), None)?;
        fails("`incr`", block_on(ground.backend.incr(&name, delta)), Kind::Overflow)?;
        ground.holds("after that", &name, value.as_bytes())?;
    }
    ground.set(&name, i64::MAX.to_string().as_bytes(), None)?;
    same("the largest number less the largest is", ground.incr(&name, -i64::MAX)?, 0)
}
