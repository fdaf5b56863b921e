//! The entries of one cache among those of others.

use super::fills::{fill, refused};
use super::ground::Ground;
use super::{Case, Verdict, every};
use crate::backend::Capabilities;

pub(super) const CASES: &[Case] = &[
    Case { says: "clear_scope removes what is in it, and none of its neighbours", concerns: scope, run: neighbours },
    Case { says: "clear_scope takes every character for itself", concerns: scope, run: patterns },
    Case {
        says: "clear_scope removes the first and the last names that there can be",
        concerns: scope,
        run: first_and_last,
    },
    Case { says: "clear_scope of an empty scope is no error", concerns: scope, run: empty },
];

/// What cannot be asked of a store that others use too.
pub(super) const EMPTYING: &[Case] = &[
    Case { says: "clear_store removes everything", concerns: every, run: everything },
    Case { says: "a fill is not kept after the store was emptied", concerns: fill, run: fill_after_emptying },
];

fn fill_after_emptying(ground: &Ground<'_>) -> Verdict {
    let [missing, there] = ["missing", "there"].map(|key| ground.name(key));
    ground.set(&there, b"old", None)?;
    for name in [&missing, &there] {
        refused(ground, name, || ground.clear_store())?;
        ground.holds_nothing("after it", name)?;
    }
    Ok(())
}

pub(super) fn scope(capabilities: &Capabilities) -> bool {
    capabilities.clear_scope
}

fn neighbours(ground: &Ground<'_>) -> Verdict {
    let [own, longer, other] = ["1", "11", "2"].map(|version| ground.scope(version));
    let keys = ["a", "b", "1:a"];
    for name in [&own, &longer, &other].iter().flat_map(|scope| keys.map(|key| scope.name(&key.into()))) {
        ground.set(&name, b"value", None)?;
    }
    ground.clear(&own)?;
    for key in keys.map(Into::into) {
        ground.holds_nothing("in the scope that was cleared", &own.name(&key))?;
        ground.holds("in a scope that begins alike", &longer.name(&key), b"value")?;
        ground.holds("in another scope", &other.name(&key), b"value")?;
    }
    Ok(())
}

fn patterns(ground: &Ground<'_>) -> Verdict {
    let pairs = [
        ("*", "xy"),
        ("?", "x"),
        ("[xy]", "x"),
        ("_", "x"),
        ("%", "xy"),
        ("\\x", "x"),
        ("X", "x"),
        ("'", "x"),
        ("^", "x"),
    ];
    for (wild, plain) in pairs {
        let [wild_name, plain_name] = [wild, plain].map(|text| ground.raw(&format!("{text}:key")));
        ground.set(&wild_name, b"wild", None)?;
        ground.set(&plain_name, b"plain", None)?;
        ground.clear_text(&ground.raw_scope(wild))?;
        ground.holds_nothing(&format!("in `{wild}`, which was cleared"), &wild_name)?;
        ground.holds(&format!("in `{plain}`, when `{wild}` was cleared"), &plain_name, b"plain")?;
    }
    Ok(())
}

fn first_and_last(ground: &Ground<'_>) -> Verdict {
    let inside = ["b", "b!", "b~", "b~~~~", "bzz"].map(|text| ground.raw(text));
    let outside = ["a~~~~", "B", "c", "c!"].map(|text| ground.raw(text));
    for name in inside.iter().chain(&outside) {
        ground.set(name, b"value", None)?;
    }
    ground.clear_text(&ground.raw_scope("b"))?;
    inside.iter().try_for_each(|name| ground.holds_nothing(&format!("in the scope, `{name:?}`"), name))?;
    outside.iter().try_for_each(|name| ground.holds(&format!("beside it, `{name:?}`"), name, b"value"))
}

fn empty(ground: &Ground<'_>) -> Verdict {
    ground.clear(&ground.scope("1"))
}

fn everything(ground: &Ground<'_>) -> Verdict {
    let names = ["1", "2"].map(|version| ground.scope(version).name(&"key".into()));
    for name in &names {
        ground.set(name, b"value", None)?;
    }
    ground.clear_store()?;
    names.iter().try_for_each(|name| ground.holds_nothing("after `clear_store`", name))
}
