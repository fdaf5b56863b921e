//! What takes hours of a store's time, and so is asked only where that is moved by hand.

use std::time::Duration;

use super::fills::{fill, fill_and_clear};
use super::ground::{Ground, same};
use super::{Case, Verdict, every};
use crate::backend::{Remaining, Ticket};
use crate::key::Name;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) const CASES: &[Case] = &[
    Case {
        says: "a removal that is long past is not forgotten by a fill from before",
        concerns: fill,
        run: old_removal,
    },
    Case {
        says: "a clear that is long past is not forgotten by a fill from before",
        concerns: fill_and_clear,
        run: old_clear,
    },
    Case { says: "an hour after everything fills are kept", concerns: fill, run: fill_after },
    Case { says: "times of weeks and months end when they are over", concerns: every, run: months },
    Case { says: "what has no end is there after a year", concerns: every, run: year },
];

/// Lets hours go by, in which others write, and whatever a store does now and then is done.
fn hours(ground: &Ground<'_>) -> Verdict {
    for hour in 0..3 {
        ground.pass_time(HOUR);
        for other in 0..200 {
            ground.set(&ground.name(&format!("other{hour}.{other}")), b"value", Some(HOUR / 2))?;
        }
    }
    Ok(())
}

fn begun(ground: &Ground<'_>) -> Result<[(Name, Ticket); 3], String> {
    let [missing, there, timed] = ["missing", "there", "timed"].map(|key| ground.name(key));
    ground.set(&there, b"old", None)?;
    ground.set(&timed, b"old", ground.units(2))?;
    let ticket = |name: Name| ground.begin_fill(&name).map(|ticket| (name, ticket));
    Ok([ticket(missing)?, ticket(there)?, ticket(timed)?])
}

fn refused(ground: &Ground<'_>, fills: &[(Name, Ticket)]) -> Verdict {
    for (name, ticket) in fills {
        same(&format!("`set_if` for {name:?} says"), ground.set_if(name, b"late", ticket)?, false)?;
        ground.holds_nothing("after it", name)?;
    }
    Ok(())
}

fn old_removal(ground: &Ground<'_>) -> Verdict {
    let fills = begun(ground)?;
    for (name, _) in &fills {
        ground.set(name, b"new", None)?;
        ground.delete(name)?;
    }
    hours(ground)?;
    refused(ground, &fills)
}

fn old_clear(ground: &Ground<'_>) -> Verdict {
    let fills = begun(ground)?;
    ground.clear(&ground.scope("1"))?;
    hours(ground)?;
    refused(ground, &fills)
}

fn fill_after(ground: &Ground<'_>) -> Verdict {
    let fills = begun(ground)?;
    hours(ground)?;
    for (name, _) in &fills {
        let ticket = ground.begin_fill(name)?;
        same(&format!("`set_if` for {name:?} says"), ground.set_if(name, b"new", &ticket)?, true)?;
    }
    Ok(())
}

fn months(ground: &Ground<'_>) -> Verdict {
    let times = [7, 29, 31, 60].map(|days| (ground.name(&days.to_string()), DAY * days));
    for (name, time) in &times {
        ground.set(name, b"value", Some(*time))?;
    }
    let mut now = Duration::ZERO;
    for (name, time) in &times {
        let left = time.saturating_sub(now + HOUR);
        ground.pass_time(left);
        ground.holds(&format!("an hour before {time:?} are over"), name, b"value")?;
        ground.pass_time(HOUR * 2);
        ground.holds_nothing(&format!("an hour after {time:?} are over"), name)?;
        now += left + HOUR * 2;
    }
    Ok(())
}

fn year(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.set(&name, b"value", None)?;
    ground.pass_time(DAY * 366);
    ground.holds("after a year", &name, b"value")?;
    same("`ttl` says", ground.ttl(&name)?, Some(Remaining::Forever))
}
