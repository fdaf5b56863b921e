//! The checker itself: histories that one thread could have made, and such as none could.

use super::checker::Done::{Advanced, Cleared, Got, Inserted, Removed, Restamped};
use super::checker::{Done, Event, evictions_of};

/// Written as the moments of the call and of the return, and what was done.
fn history(events: &[(u64, u64, Done)]) -> Vec<Event> {
    events.iter().map(|&(called, returned, done)| Event { called, returned, done }).collect()
}

const ONE: Done = Inserted { value: 1, until: 9 };
const TWO: Done = Inserted { value: 2, until: 9 };

#[test]
fn what_one_thread_could_have_done_is_explained() {
    let good: &[&[(u64, u64, Done)]] = &[
        &[],
        &[(0, 1, Got(None)), (2, 3, ONE), (4, 5, Got(Some(1))), (6, 7, Removed(true)), (8, 9, Removed(false))],
        // Who reads while something is written sees it, or does not.
        &[(0, 3, ONE), (1, 2, Got(None))],
        &[(0, 3, ONE), (1, 2, Got(Some(1)))],
        // Of two writes at once either is the last.
        &[(0, 3, ONE), (1, 2, TWO), (4, 5, Got(Some(1)))],
        &[(0, 3, ONE), (1, 2, TWO), (4, 5, Got(Some(2)))],
        &[(0, 9, ONE), (1, 2, Got(None)), (3, 4, Got(Some(1))), (5, 6, Got(Some(1)))],
        &[(0, 1, ONE), (2, 5, Removed(true)), (3, 4, Removed(false))],
        &[(0, 1, ONE), (2, 5, Cleared), (3, 4, Got(Some(1))), (6, 7, Got(None))],
        // Past its time it is not there, and may be removed still.
        &[(0, 1, ONE), (2, 3, Advanced { now: 9 }), (4, 5, Got(None)), (6, 7, Removed(true)), (8, 9, Removed(false))],
        &[(0, 7, Got(Some(1))), (1, 2, Advanced { now: 9 }), (3, 4, ONE), (5, 6, Got(None))],
        &[(0, 1, ONE), (2, 3, Restamped { until: 20, found: true }), (4, 5, Advanced { now: 9 }), (6, 7, Got(Some(1)))],
    ];
    for events in good {
        assert_eq!(evictions_of(&history(events), 0), Some(0), "{events:?}");
    }
}

#[test]
fn what_no_thread_could_have_done_is_not_explained() {
    let bad: &[&[(u64, u64, Done)]] = &[
        &[(0, 1, Got(Some(1)))],
        &[(0, 1, ONE), (2, 3, TWO), (4, 5, Got(Some(1)))],
        // What was seen once is not unseen.
        &[(0, 9, ONE), (1, 2, Got(Some(1))), (3, 4, Got(None))],
        &[(0, 9, ONE), (1, 2, TWO), (3, 4, Got(Some(2))), (5, 6, Got(Some(1))), (7, 8, Got(Some(2)))],
        // One entry is removed once.
        &[(0, 1, ONE), (2, 5, Removed(true)), (3, 4, Removed(true))],
        &[(0, 1, ONE), (2, 3, Removed(false))],
        &[(0, 1, ONE), (2, 3, Cleared), (4, 5, Got(Some(1)))],
        &[(0, 1, ONE), (2, 3, Advanced { now: 9 }), (4, 5, Got(Some(1)))],
        &[(0, 1, Advanced { now: 9 }), (2, 5, ONE), (3, 4, Got(Some(1)))],
        &[(0, 1, ONE), (2, 3, Advanced { now: 8 }), (4, 5, Got(None))],
        &[(0, 1, ONE), (2, 3, Advanced { now: 9 }), (4, 5, Restamped { until: 20, found: true })],
        &[(0, 1, ONE), (2, 3, Restamped { until: 20, found: false })],
    ];
    for events in bad {
        assert_eq!(evictions_of(&history(events), 0), None, "{events:?}");
    }
}

#[test]
fn an_entry_goes_by_itself_as_often_as_the_store_says_and_no_more() {
    let gone = history(&[(0, 1, ONE), (2, 3, Got(None)), (4, 5, TWO), (6, 7, Got(None))]);
    assert_eq!([0, 1, 2, 3].map(|most| evictions_of(&gone, most)), [None, None, Some(2), Some(2)]);
    let back = history(&[(0, 1, ONE), (2, 3, Got(None)), (4, 5, Got(Some(1)))]);
    assert_eq!(evictions_of(&back, 9), None, "what has gone does not come back");
}

/// All orders of four events, two of which are under way while the others are done one after the other, by trying them:
/// the same comes of it.
#[test]
fn it_agrees_with_whoever_tries_all_orders() {
    let kinds = [ONE, TWO, Got(None), Got(Some(1)), Got(Some(2)), Removed(true), Removed(false)];
    for number in 0..kinds.len().pow(4) {
        let events: Vec<_> = (0..4).map(|at| kinds[number / kinds.len().pow(at) % kinds.len()]).collect();
        // The second begins when the first has ended; the other two are under way all the time.
        let spans = [(0, 1), (2, 3), (0, 9), (0, 9)];
        let history: Vec<_> = spans.into_iter().zip(&events).map(|(span, done)| (span.0, span.1, *done)).collect();
        let is_good = orders().any(|order| follows(&events, &order));
        assert_eq!(evictions_of(&self::history(&history), 0).is_some(), is_good, "{history:?}");
    }
}

/// All orders of four in which the first comes before the second.
fn orders() -> impl Iterator<Item = [usize; 4]> {
    (0..256).map(|number| [number % 4, number / 4 % 4, number / 16 % 4, number / 64 % 4]).filter(|order| {
        let at = |which| order.iter().position(|one| *one == which);
        (0..4).all(|which| at(which).is_some()) && at(0) < at(1)
    })
}

/// Returns whether one thread, who does this in this order, is told the same.
fn follows(events: &[Done], order: &[usize]) -> bool {
    let mut kept = None;
    order.iter().all(|index| match events[*index] {
        Inserted { value, .. } => {
            kept = Some(value);
            true
        }
        Got(got) => got == kept,
        Removed(found) => kept.take().is_some() == found,
        _ => false,
    })
}
