//! Several entries in one call.

use super::ground::{Ground, same};
use super::{Case, Verdict, every};
use crate::backend::Entry;

pub(super) const CASES: &[Case] = &[
    Case {
        says: "many come back in the order they were asked for, with gaps where nothing is",
        concerns: every,
        run: order,
    },
    Case { says: "each of many keeps the time it was given", concerns: every, run: times },
    Case { says: "delete_many counts what was there", concerns: every, run: deleted },
    Case { says: "none at all is as good as many", concerns: every, run: none },
];

fn order(ground: &Ground<'_>) -> Verdict {
    let names = ["c", "missing", "a", "b", "a"].map(|key| ground.name(key));
    let entries = [(0, "of c"), (2, "of a"), (3, "of b")];
    let entries = entries.map(|(at, value)| Entry { name: names[at].clone(), value: value.into(), time: None });
    same("`set_many` answers", ground.set_many(&entries)?, 3)?;
    let wanted = [Some("of c"), None, Some("of a"), Some("of b"), Some("of a")];
    same("`get_many` finds", ground.get_many(&names)?, wanted.map(|value| value.map(Into::into)).to_vec())
}

fn times(ground: &Ground<'_>) -> Verdict {
    let [short, long] = ["short", "long"].map(|key| ground.name(key));
    let entry = |name: &_, time| Entry { name: Clone::clone(name), value: b"value".to_vec(), time };
    ground.set_many(&[entry(&short, ground.units(2)), entry(&long, None)])?;
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

fn none(ground: &Ground<'_>) -> Verdict {
    same("`get_many` finds", ground.get_many(&[])?, vec![])?;
    same("`set_many` answers", ground.set_many(&[])?, 0)?;
    same("`delete_many` says", ground.delete_many(&[])?, 0)
}
