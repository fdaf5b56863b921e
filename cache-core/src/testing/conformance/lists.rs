//! Whether a store that lists its names lists all of them, and no others.

use std::collections::BTreeSet;

use super::ground::{Ground, entry, same};
use super::{Case, Verdict};
use crate::backend::{Capabilities, Names};
use crate::executor::block_on;
use crate::key::Name;

pub(super) const CASES: &[Case] = &[
    Case { says: "the names that begin so are listed, and no others", concerns: lists, run: beginnings },
    Case { says: "list takes every character for itself", concerns: lists, run: patterns },
    Case { says: "what was removed or is over is not listed", concerns: lists, run: over },
    Case { says: "what a fill is about to fill is not listed before it is filled", concerns: fills, run: promised },
    Case { says: "all of many names are listed, some at a time", concerns: lists, run: many },
    Case { says: "a name that stays is listed while others come and go", concerns: lists, run: stays },
];

/// More than a store lists at a time.
const MANY: usize = 2_500;
/// More steps than any store needs for them.
const MOST_STEPS: usize = 10_000;

fn lists(capabilities: &Capabilities) -> bool {
    capabilities.lists
}

fn fills(capabilities: &Capabilities) -> bool {
    capabilities.lists && capabilities.conditional_fill
}

/// Asks for the next names, and notes where to go on.
fn step(ground: &Ground<'_>, start: &str, behind: &mut Option<Vec<u8>>) -> Result<Vec<Vec<u8>>, String> {
    let listed = block_on(ground.backend.list(start, behind.as_deref()));
    let Names { names, next } = listed.map_err(|error| format!("`list` failed, and should not: {error:?}"))?;
    *behind = next;
    Ok(names)
}

/// Asks for all names from there on; one that is listed twice is there once.
fn rest(ground: &Ground<'_>, start: &str, mut behind: Option<Vec<u8>>) -> Result<BTreeSet<Vec<u8>>, String> {
    let mut listed = BTreeSet::new();
    for _ in 0..MOST_STEPS {
        listed.extend(step(ground, start, &mut behind)?);
        if behind.is_none() {
            return Ok(listed);
        }
    }
    Err(format!("`list` comes to no end: there was more after {MOST_STEPS} steps"))
}

/// Asks that these and no others are listed.
fn are_listed<'a>(ground: &Ground<'_>, start: &str, names: impl IntoIterator<Item = &'a Name>) -> Verdict {
    let listed = rest(ground, start, None)?;
    let wanted: BTreeSet<_> = names.into_iter().map(|name| name.as_bytes().to_vec()).collect();
    let of = |names: &BTreeSet<Vec<u8>>, others: &BTreeSet<Vec<u8>>| {
        let first: Vec<_> = names.difference(others).take(3).map(|name| name.escape_ascii().to_string()).collect();
        (names.difference(others).count(), first)
    };
    same(&format!("of what begins with `{start}`, so many are missing"), of(&wanted, &listed), (0, vec![]))?;
    same(&format!("beside what begins with `{start}`, so many are listed"), of(&listed, &wanted), (0, vec![]))
}

fn beginnings(ground: &Ground<'_>) -> Verdict {
    let [own, longer] = ["1", "11"].map(|version| ground.scope(version));
    let keys = ["post:1", "post:10", "post:~~", "posts", "other"];
    for name in [&own, &longer].iter().flat_map(|scope| keys.map(|key| scope.name(&key.into()))) {
        ground.set(&name, b"value", None)?;
    }
    let longest = ground.longest("z");
    ground.set(&longest, b"value", None)?;
    let text = own.text().expect("no key function");
    let names = keys.map(|key| own.name(&key.into()));
    are_listed(ground, text, &names)?;
    are_listed(ground, &format!("{text}post:"), &names[..3])?;
    are_listed(ground, &format!("{text}post:1"), &names[..2])?;
    are_listed(ground, &format!("{text}nothing"), &[])?;
    are_listed(ground, longest.as_str(), [&longest])
}

fn patterns(ground: &Ground<'_>) -> Verdict {
    for (wild, plain) in [("*", "xy"), ("?", "x"), ("[xy]", "x"), ("_", "x"), ("%", "xy"), ("\\x", "x"), ("X", "x")] {
        let [wild_name, plain_name] = [wild, plain].map(|text| ground.raw(&format!("{text}:key")));
        ground.set(&wild_name, b"wild", None)?;
        ground.set(&plain_name, b"plain", None)?;
        are_listed(ground, &ground.raw_scope(&format!("{wild}:")), [&wild_name])?;
    }
    Ok(())
}

fn over(ground: &Ground<'_>) -> Verdict {
    let [stays, short, removed] = ["stays", "short", "removed"].map(|key| ground.name(key));
    ground.set(&stays, b"value", None)?;
    ground.set(&short, b"value", ground.units(2))?;
    ground.set(&removed, b"value", None)?;
    ground.delete(&removed)?;
    ground.pass(4);
    are_listed(ground, ground.scope("1").text().expect("no key function"), [&stays])
}

fn promised(ground: &Ground<'_>) -> Verdict {
    let (name, scope) = (ground.name("key"), ground.scope("1"));
    let scope = scope.text().expect("no key function");
    let ticket = ground.begin_fill(&name)?;
    are_listed(ground, scope, &[])?;
    same("`set_if` says", ground.set_if(&name, b"", &ticket)?, true)?;
    are_listed(ground, scope, [&name])
}

fn numbered(ground: &Ground<'_>, what: &str, count: usize) -> Result<Vec<Name>, String> {
    let names: Vec<_> = (0..count).map(|number| ground.name(&format!("{what}:{number}"))).collect();
    ground.set_many(&names.iter().map(|name| entry(name, "value")).collect::<Vec<_>>())?;
    Ok(names)
}

fn many(ground: &Ground<'_>) -> Verdict {
    let names = numbered(ground, "many", MANY)?;
    are_listed(ground, ground.scope("1").text().expect("no key function"), &names)
}

fn stays(ground: &Ground<'_>) -> Verdict {
    let names = numbered(ground, "stays", MANY)?;
    let (scope, mut behind) = (ground.scope("1"), None);
    let scope = scope.text().expect("no key function");
    let first = step(ground, scope, &mut behind)?;
    // What was told goes, and others come before it and behind it.
    let (gone, staying): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| first.contains(&name.as_bytes().into()));
    ground.delete_many(&gone)?;
    numbered(ground, "a:later", 7)?;
    numbered(ground, "z:later", 300)?;
    let listed = if behind.is_some() { rest(ground, scope, behind)? } else { BTreeSet::new() };
    let missed = staying.iter().filter(|name| !listed.contains(name.as_bytes())).count();
    same("of those that were there all the time, so many are missing", missed, 0)
}
