//! The entries of one cache among those of others.

use super::ground::Ground;
use super::{Case, Verdict, every};
use crate::backend::Capabilities;
use crate::executor::block_on;
use crate::key::Scope;

pub(super) const CASES: &[Case] = &[
    Case { says: "clear_scope removes what is in it, and none of its neighbours", concerns: scope, run: neighbours },
    Case { says: "clear_scope takes every character for itself", concerns: scope, run: patterns },
    Case { says: "clear_scope of an empty scope is no error", concerns: scope, run: empty },
];

/// What cannot be asked of a store that others use too.
pub(super) const EMPTYING: &[Case] =
    &[Case { says: "clear_store removes everything", concerns: every, run: everything }];

fn scope(capabilities: &Capabilities) -> bool {
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
    let base = ground.scope("").text().expect("no key function").trim_end_matches(':').to_owned();
    let scope = |end: &str| Scope::new(&base, end, None).expect("a short prefix");
    for (wild, plain) in [("*", "xy"), ("?", "x"), ("[xy]", "x"), ("_", "x"), ("%", "x"), ("\\x", "x"), ("X", "x")] {
        let (wild_name, plain_name) = (scope(wild).name(&"key".into()), scope(plain).name(&"key".into()));
        ground.set(&wild_name, b"wild", None)?;
        ground.set(&plain_name, b"plain", None)?;
        ground.clear(&scope(wild))?;
        ground.holds_nothing(&format!("in `{wild}`, which was cleared"), &wild_name)?;
        ground.holds(&format!("in `{plain}`, when `{wild}` was cleared"), &plain_name, b"plain")?;
    }
    Ok(())
}

fn empty(ground: &Ground<'_>) -> Verdict {
    ground.clear(&ground.scope("1"))
}

fn everything(ground: &Ground<'_>) -> Verdict {
    let names = ["1", "2"].map(|version| ground.scope(version).name(&"key".into()));
    for name in &names {
        ground.set(name, b"value", None)?;
    }
    block_on(ground.backend.clear_store()).map_err(|error| format!("`clear_store` failed: {error:?}"))?;
    names.iter().try_for_each(|name| ground.holds_nothing("after `clear_store`", name))
}
