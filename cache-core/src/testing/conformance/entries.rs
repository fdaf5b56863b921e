//! One entry: written, read, replaced, removed.

use std::slice;

use super::ground::{Ground, fails, same};
use super::{Case, Verdict, every};
use crate::error::Kind;
use crate::executor::block_on;

pub(super) const CASES: &[Case] = &[
    Case { says: "nothing is under a name that nobody wrote", concerns: every, run: unwritten },
    Case { says: "what was written is read back byte for byte", concerns: every, run: bytes },
    Case { says: "nothing at all is a value like another", concerns: every, run: empty },
    Case { says: "what is written again takes the place of what was", concerns: every, run: replaced },
    Case { says: "delete removes, and says whether there was anything", concerns: every, run: deleted },
    Case { says: "add takes an empty place and leaves a taken one alone", concerns: every, run: added },
    Case { says: "what was removed is there for nobody", concerns: every, run: removed },
    Case { says: "a value of some megabytes comes back whole", concerns: every, run: large },
    Case { says: "names that differ in one character are different entries", concerns: every, run: names },
    Case { says: "the longest names are told apart by their last byte", concerns: every, run: longest_names },
];

fn unwritten(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.holds_nothing("before anything was written", &name)?;
    same("`delete` says", ground.delete(&name)?, false)?;
    same("`ttl` says", ground.ttl(&name)?, None)
}

fn bytes(ground: &Ground<'_>) -> Verdict {
    let all: Vec<u8> = (0..=255).collect();
    for (key, value) in [("all", &all[..]), ("lines", b"a\r\nEND\r\n\0"), ("large", &[0xC1; 10_000])] {
        let name = ground.name(key);
        ground.set(&name, value, None)?;
        ground.holds("after `set`", &name, value)?;
    }
    Ok(())
}

fn empty(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.set(&name, b"", None)?;
    ground.holds("after `set`", &name, b"")?;
    same("`add` says", ground.add(&name, b"late", None)?, false)?;
    same("`delete` says", ground.delete(&name)?, true)
}

fn replaced(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.set(&name, b"a long value from before", None)?;
    ground.set(&name, b"new", None)?;
    ground.holds("after the second `set`", &name, b"new")
}

fn deleted(ground: &Ground<'_>) -> Verdict {
    let (name, other) = (ground.name("key"), ground.name("other"));
    ground.set(&name, b"value", None)?;
    ground.set(&other, b"other", None)?;
    same("`delete` says", ground.delete(&name)?, true)?;
    ground.holds_nothing("after `delete`", &name)?;
    same("the second `delete` says", ground.delete(&name)?, false)?;
    ground.holds("after another was deleted", &other, b"other")
}

fn added(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    same("`add` to an empty place says", ground.add(&name, b"first", None)?, true)?;
    same("`add` to a taken place says", ground.add(&name, b"second", None)?, false)?;
    ground.holds("after both", &name, b"first")?;
    ground.delete(&name)?;
    same("`add` after `delete` says", ground.add(&name, b"third", None)?, true)?;
    ground.holds("after that", &name, b"third")
}

fn removed(ground: &Ground<'_>) -> Verdict {
    let (name, claims) = (ground.name("key"), ground.capabilities);
    ground.set(&name, b"1", None)?;
    ground.delete(&name)?;
    same("`ttl` says", ground.ttl(&name)?, None)?;
    same("`get_many` finds", ground.get_many(slice::from_ref(&name))?, vec![None])?;
    same("`delete_many` says", ground.delete_many(slice::from_ref(&name))?, 0)?;
    if claims.touch {
        same("`touch` says", ground.touch(&name, None)?, false)?;
    }
    if claims.atomic_incr {
        fails("`incr`", block_on(ground.backend.incr(&name, 1)), Kind::Missing)?;
    }
    ground.holds_nothing("after all that", &name)?;
    same("`add` says", ground.add(&name, b"new", None)?, true)
}

/// More than what the smaller types of columns of bytes hold, and more than what is usually sent in one piece.
const LARGE: [usize; 2] = [70_000, 4 << 20];

fn large(ground: &Ground<'_>) -> Verdict {
    for size in LARGE.into_iter().filter(|size| ground.capabilities.takes(*size)) {
        let name = ground.name(&size.to_string());
        let value: Vec<u8> = (0_u8..=250).cycle().take(size).collect();
        ground.set(&name, &value, None)?;
        same(&format!("of {size} bytes all come back"), ground.get(&name)? == Some(value), true)?;
    }
    Ok(())
}

fn longest_names(ground: &Ground<'_>) -> Verdict {
    let ends = ["a", "A", "b", "1"];
    let names = ends.map(|end| ground.longest(end));
    same("so long is a name", names[0].as_bytes().len(), 250)?;
    for (name, end) in names.iter().zip(ends) {
        ground.set(name, end.as_bytes(), None)?;
    }
    names.iter().zip(ends).try_for_each(|(name, end)| ground.holds("after all were written", name, end.as_bytes()))?;
    same("`delete` says", ground.delete(&names[0])?, true)?;
    names[1..]
        .iter()
        .zip(&ends[1..])
        .try_for_each(|(name, end)| ground.holds("after another was removed", name, end.as_bytes()))
}

fn names(ground: &Ground<'_>) -> Verdict {
    let long = "x".repeat(199);
    let keys = ["a", "A", "b", "a:b", "a:", "a/b", "..", "a*", "%", "a%20", &format!("{long}1"), &format!("{long}2")];
    let names = keys.map(|key| ground.name(key));
    for (name, key) in names.iter().zip(keys) {
        ground.set(name, key.as_bytes(), None)?;
    }
    names.iter().zip(keys).try_for_each(|(name, key)| ground.holds("after all were written", name, key.as_bytes()))
}
