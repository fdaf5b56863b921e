//! Thousands of entries. These cases come last: what they leave behind is in the way of others.

use super::ground::{Ground, entry, same};
use super::scopes::scope;
use super::{Case, Verdict, every};

pub(super) const CASES: &[Case] = &[
    Case { says: "clear_scope removes thousands as it removes few", concerns: scope, run: cleared },
    Case { says: "thousands at once are as good as few", concerns: every, run: many },
];

/// More than statements or pages of a list usually hold.
const SOME: usize = 3_000;

fn cleared(ground: &Ground<'_>) -> Verdict {
    let names: Vec<_> = (0..SOME).map(|key| ground.name(&key.to_string())).collect();
    ground.set_many(&names.iter().map(|name| entry(name, "value")).collect::<Vec<_>>())?;
    ground.clear(&ground.scope("1"))?;
    same("so many are left", ground.get_many(&names)?.iter().flatten().count(), 0)
}

/// With a few parameters each, more than any database takes in one statement.
const MANY: usize = 12_000;

fn many(ground: &Ground<'_>) -> Verdict {
    let names: Vec<_> = (0..MANY).map(|key| ground.name(&key.to_string())).collect();
    let entries: Vec<_> = names.iter().enumerate().map(|(number, name)| entry(name, format!("of {number}"))).collect();
    same("`set_many` answers", ground.set_many(&entries)?, MANY)?;
    let found = ground.get_many(&names)?;
    let right = found.iter().zip(&entries).filter(|(found, entry)| found.as_ref() == Some(&entry.value)).count();
    same("so many are found under their names", (found.len(), right), (MANY, MANY))?;
    same("`delete_many` says", ground.delete_many(&names)?, MANY as u64)?;
    same("so many are left", ground.get_many(&names)?.iter().flatten().count(), 0)
}
