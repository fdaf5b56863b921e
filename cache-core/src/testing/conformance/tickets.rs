//! Tickets that are worth nothing: another's, a stranger's, and those from before more than one entry was removed.

use std::time::Duration;

use super::fills::{fill, fill_and_clear, refused};
use super::ground::{Ground, same};
use super::{Case, Verdict};
use crate::backend::Ticket;

pub(super) const CASES: &[Case] = &[
    Case { says: "a ticket that nobody gave out fills nothing, and is no error", concerns: fill, run: forged },
    Case { says: "a ticket that was damaged fills nothing, and is no error", concerns: fill, run: damaged },
    Case { says: "a ticket of one name fills no other that was changed meanwhile", concerns: fill, run: of_another },
    Case { says: "a fill is not kept after a write that has expired unread", concerns: fill, run: expired_unread },
    Case { says: "a fill is not kept after a write for no time", concerns: fill, run: written_for_no_time },
    Case { says: "a fill for no time keeps nothing", concerns: fill, run: for_no_time },
    Case { says: "a fill is not kept after more than its scope was cleared", concerns: fill_and_clear, run: wider },
    Case { says: "a clear is not forgotten when another follows", concerns: fill_and_clear, run: two_clears },
    Case { says: "a while after a clear fills are kept again", concerns: fill_and_clear, run: after_a_while },
];

/// Among them such as are as long as those that the store gives out.
fn forged(ground: &Ground<'_>) -> Verdict {
    let [there, counted, removed] = ["there", "counted", "removed"].map(|key| ground.name(key));
    ground.set(&there, b"value", None)?;
    ground.set(&counted, b"1", ground.units(100))?;
    ground.set(&removed, b"value", None)?;
    ground.delete(&removed)?;
    let like = ground.begin_fill(&there)?.0.len();
    let texts = [&b""[..], b"\0", b"none", b"\r\nflush_all\r\n", b"' OR 1 = 1 --", &[0xFF; 1_000]];
    let bytes =
        texts.map(<[u8]>::to_vec).into_iter().chain([0, 1, 0x20, 0x39, 0x7F, 0xFF].map(|byte| vec![byte; like]));
    for ticket in bytes.map(Ticket) {
        for name in [&there, &counted, &removed] {
            same("`set_if` says", ground.set_if(name, b"late", &ticket)?, false)?;
        }
    }
    ground.holds("after it", &there, b"value")?;
    ground.holds("after it", &counted, b"1")?;
    ground.holds_nothing("after it", &removed)
}

fn damaged(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    let cut = |ticket: &[u8]| ticket.get(..ticket.len().saturating_sub(1)).unwrap_or_default().to_vec();
    let longer = |ticket: &[u8]| [ticket, b"\0"].concat();
    let twice = |ticket: &[u8]| ticket.repeat(2);
    for damage in [&cut as &dyn Fn(&[u8]) -> Vec<u8>, &longer, &twice] {
        let Ticket(ticket) = ground.begin_fill(&name)?;
        same("`set_if` says", ground.set_if(&name, b"late", &Ticket(damage(&ticket)))?, false)?;
        ground.holds_nothing("after it", &name)?;
    }
    Ok(())
}

/// Where each name counts its own changes, two that were changed as often have tickets that read alike.
fn of_another(ground: &Ground<'_>) -> Verdict {
    let [mine, other] = ["mine", "other"].map(|key| ground.name(key));
    for step in 0..4 {
        ground.set(&mine, b"written", None)?;
        let ticket = ground.begin_fill(&mine)?;
        ground.set(&other, b"written", None)?;
        same(&format!("`set_if` in step {step} says"), ground.set_if(&other, b"late", &ticket)?, false)?;
        ground.holds("after it", &other, b"written")?;
    }
    ground.delete(&mine)?;
    let ticket = ground.begin_fill(&mine)?;
    ground.delete(&other)?;
    same("after a removal `set_if` says", ground.set_if(&other, b"late", &ticket)?, false)?;
    ground.holds_nothing("after it", &other)
}

fn expired_unread(ground: &Ground<'_>) -> Verdict {
    let [name, other] = ["key", "other"].map(|key| ground.name(key));
    refused(ground, &name, || {
        ground.set(&name, b"short", ground.units(1))?;
        ground.pass(3);
        // What sweeps up what has expired may do so at any write.
        (0..20).try_for_each(|_| ground.set(&other, b"other", ground.units(1)))
    })?;
    ground.holds_nothing("after it", &name)
}

fn written_for_no_time(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    for before in [None, Some(b"before")] {
        if let Some(before) = before {
            ground.set(&name, before, None)?;
        }
        refused(ground, &name, || ground.set(&name, b"never", Some(Duration::ZERO)))?;
        ground.holds_nothing("after it", &name)?;
    }
    Ok(())
}

fn for_no_time(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    let ticket = ground.begin_fill(&name)?;
    ground.set_if_for(&name, b"never", Some(Duration::ZERO), &ticket)?;
    ground.pass(1);
    ground.holds_nothing("after it", &name)
}

fn wider(ground: &Ground<'_>) -> Verdict {
    let names = [ground.raw("a:b:key"), ground.raw("a:b:")];
    for (name, scope) in names.iter().zip(["a:", "a:b"]) {
        refused(ground, name, || ground.clear_text(&ground.raw_scope(scope)))?;
        ground.holds_nothing("after it", name)?;
    }
    Ok(())
}

fn two_clears(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    refused(ground, &name, || {
        ground.clear(&ground.scope("1"))?;
        ground.pass(1);
        ["2", "3"].into_iter().try_for_each(|version| ground.clear(&ground.scope(version)))
    })?;
    ground.holds_nothing("after it", &name)
}

fn after_a_while(ground: &Ground<'_>) -> Verdict {
    let [missing, there] = ["missing", "there"].map(|key| ground.name(key));
    ground.clear(&ground.scope("1"))?;
    ground.pass(1);
    ground.set(&there, b"old", None)?;
    for name in [missing, there] {
        let ticket = ground.begin_fill(&name)?;
        same("`set_if` says", ground.set_if(&name, b"new", &ticket)?, true)?;
        ground.holds("after it", &name, b"new")?;
    }
    Ok(())
}
