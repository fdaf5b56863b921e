//! Values that read like numbers, which a store may keep in a way of their own.

use std::slice;

use super::counts::incr;
use super::fills::fill_and_incr;
use super::ground::{Ground, fails, same};
use super::{Case, Verdict, every};
use crate::backend::Entry;
use crate::error::Kind;
use crate::executor::block_on;

pub(super) const CASES: &[Case] = &[
    Case { says: "digits come back as they were written, whatever number they are", concerns: every, run: spellings },
    Case { says: "a number is counted and read whichever way it came", concerns: incr, run: ways },
    Case {
        says: "a text in the place of a number is no number, and the other way round",
        concerns: incr,
        run: replaced,
    },
    Case { says: "a number that was filled in is counted", concerns: fill_and_incr, run: filled },
];

fn spellings(ground: &Ground<'_>) -> Verdict {
    let least = i64::MIN.to_string();
    let values = [
        "7",
        "-7",
        "0",
        "-0",
        "+7",
        "007",
        " 7",
        "7 ",
        "7\n",
        "1e3",
        "9223372036854775808",
        &least,
        "-9223372036854775809",
    ];
    let names: Vec<_> = (0..values.len()).map(|at| ground.name(&at.to_string())).collect();
    for (name, value) in names.iter().zip(values) {
        ground.set(name, value.as_bytes(), None)?;
        ground.holds("after `set`", name, value.as_bytes())?;
    }
    let wanted = values.map(|value| Some(value.as_bytes().to_vec()));
    same("`get_many` finds", ground.get_many(&names)?, wanted.to_vec())
}

fn ways(ground: &Ground<'_>) -> Verdict {
    let [set, added, one_of_many] = ["set", "added", "one of many"].map(|key| ground.name(key));
    ground.set(&set, b"41", None)?;
    ground.add(&added, b"41", ground.units(100))?;
    ground.set_many(&[Entry { name: one_of_many.clone(), value: b"41".to_vec(), time: None }])?;
    for name in [&set, &added, &one_of_many] {
        same("41 and 1 are", ground.incr(name, 1)?, 42)?;
        ground.holds("after that", name, b"42")?;
        same("`get_many` finds", ground.get_many(slice::from_ref(name))?, vec![Some(b"42".to_vec())])?;
        same("`add` says", ground.add(name, b"1", None)?, false)?;
    }
    same("`delete` says", ground.delete(&set)?, true)?;
    ground.holds_nothing("after it", &set)
}

fn replaced(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.set(&name, b"41", None)?;
    ground.set(&name, b"text", None)?;
    ground.holds("after a text", &name, b"text")?;
    fails("`incr`", block_on(ground.backend.incr(&name, 1)), Kind::NotANumber)?;
    ground.set_many(&[Entry { name: name.clone(), value: b"7".to_vec(), time: None }])?;
    same("7 and 1 are", ground.incr(&name, 1)?, 8)?;
    ground.set_many(&[Entry { name: name.clone(), value: b"text again".to_vec(), time: None }])?;
    fails("`incr`", block_on(ground.backend.incr(&name, 1)), Kind::NotANumber)?;
    ground.holds("after that", &name, b"text again")
}

fn filled(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    for before in [None, Some(b"text")] {
        if let Some(before) = before {
            ground.set(&name, before, None)?;
        }
        let ticket = ground.begin_fill(&name)?;
        same("`set_if` says", ground.set_if(&name, b"41", &ticket)?, true)?;
        same("41 and 1 are", ground.incr(&name, 1)?, 42)?;
        ground.holds("after that", &name, b"42")?;
    }
    Ok(())
}
