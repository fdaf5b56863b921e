//! Several entries in one call.

use super::claims::{limited, sized};
use super::ground::{Ground, entry, fails, same};
use super::{Case, Verdict, every};
use crate::backend::Entry;
use crate::error::Kind;
use crate::executor::block_on;

pub(super) const CASES: &[Case] = &[
    Case {
        says: "many come back in the order they were asked for, with gaps where nothing is",
        concerns: every,
        run: order,
    },
    Case { says: "each of many keeps the time it was given", concerns: every, run: times },
    Case { says: "delete_many counts what was there", concerns: every, run: deleted },
    Case {
        says: "a name that is given twice is answered twice, written once and removed once",
        concerns: every,
        run: twins,
    },
    Case { says: "delete_many counts only what lives", concerns: every, run: deleted_live },
    Case { says: "one that is too large among many keeps nothing else out", concerns: limited, run: one_too_large },
    Case { says: "none at all is as good as many", concerns: every, run: none },
];

fn order(ground: &Ground<'_>) -> Verdict {
    let names = ["c", "missing", "a", "b", "a"].map(|key| ground.name(key));
    let entries = [(0, "of c"), (2, "of a"), (3, "of b")];
    let entries = entries.map(|(at, value)| entry(&names[at], value));
    same("`set_many` answers", ground.set_many(&entries)?, 3)?;
    let wanted = [Some("of c"), None, Some("of a"), Some("of b"), Some("of a")];
    same("`get_many` finds", ground.get_many(&names)?, wanted.map(|value| value.map(Into::into)).to_vec())
}

fn times(ground: &Ground<'_>) -> Verdict {
    let [short, long] = ["short", "long"].map(|key| ground.name(key));
    ground.set_many(&[Entry { time: ground.units(2), ..entry(&short, "value") }, entry(&long, "value")])?;
    ground.pass(4);
    ground.holds_nothing("after its time", &short)?;
    ground.holds("without an end", &long, b"value")?;
    same("`get_many` finds", ground.get_many(&[short, long])?, vec![None, Some(b"value".to_vec())])
}

fn deleted(ground: &Ground<'_>) -> Verdict {
    let names = ["a", "missing", "b", "kept"].map(|key| ground.name(key));
    for at in [0, 2, 3] {
        ground.set(&names[at], b"value", None)?;
    }
    same("`delete_many` says", ground.delete_many(&names[..3])?, 2)?;
    ground.holds_nothing("after it", &names[0])?;
    ground.holds("what was not named", &names[3], b"value")
}

fn twins(ground: &Ground<'_>) -> Verdict {
    let [name, other] = ["key", "other"].map(|key| ground.name(key));
    let entries = [entry(&name, "first"), entry(&other, "other"), entry(&name, "last")];
    same("`set_many` answers", ground.set_many(&entries)?, 3)?;
    ground.holds("of two values for one name", &name, b"last")?;
    let twice = [name.clone(), other, name.clone()];
    let wanted = ["last", "other", "last"].map(|value| Some(value.into()));
    same("`get_many` finds", ground.get_many(&twice)?, wanted.to_vec())?;
    same("`delete_many` says", ground.delete_many(&twice)?, 2)?;
    ground.holds_nothing("after it", &name)
}

fn deleted_live(ground: &Ground<'_>) -> Verdict {
    let names = ["live", "expired", "removed", "missing"].map(|key| ground.name(key));
    for (name, time) in names.iter().zip([None, ground.units(1), None]) {
        ground.set(name, b"value", time)?;
    }
    ground.pass(3);
    ground.delete(&names[2])?;
    same("`delete_many` says", ground.delete_many(&names)?, 1)?;
    same("the second one says", ground.delete_many(&names)?, 0)
}

fn one_too_large(ground: &Ground<'_>) -> Verdict {
    let [before, large, after] = ["before", "large", "after"].map(|key| ground.name(key));
    ground.set(&large, b"old", None)?;
    let entries = [entry(&before, "1"), entry(&large, sized(ground, 1)), entry(&after, "2")];
    let kept = block_on(ground.backend.set_many(&entries));
    same(
        "`set_many` says of each whether it is kept",
        kept.iter().map(Result::is_ok).collect(),
        vec![true, false, true],
    )?;
    fails("of the large one", kept.into_iter().nth(1).expect("three of three"), Kind::TooLarge)?;
    ground.holds("before the large one", &before, b"1")?;
    ground.holds_nothing("after the large one was refused", &large)?;
    ground.holds("after the large one", &after, b"2")
}

fn none(ground: &Ground<'_>) -> Verdict {
    same("`get_many` finds", ground.get_many(&[])?, vec![])?;
    same("`set_many` answers", ground.set_many(&[])?, 0)?;
    same("`delete_many` says", ground.delete_many(&[])?, 0)
}
