//! The suite on backends that are broken on purpose, each in one way.

mod broken;
mod table;

use std::time::Duration;

use broken::{Broken, Fault};
use table::{Flaw, Table};

use super::{Report, Suite, check};
use crate::backend::{ErasedBackend, Memory, Null};
use crate::clock::Clock;

/// What each fault of a store around another fails, among other cases.
const FAULTS: &[(Fault, &str)] = &[
    (Fault::AddLooksThenSets, "of callers who add at once, one wins"),
    (Fault::AddOverwrites, "add leaves a live entry its value and its time"),
    (Fault::AddOverwrites, "add takes an empty place and leaves a taken one alone"),
    (Fault::ClaimsIncrInVain, "incr adds to the digits under a name, also below nothing"),
    (Fault::ClaimsTouchInVain, "touch gives an entry another time, and leaves its value"),
    (Fault::ClearTakesNeighbours, "clear_scope removes what is in it, and none of its neighbours"),
    (Fault::DeleteLies, "nothing is under a name that nobody wrote"),
    (Fault::DeleteLies, "delete removes, and says whether there was anything"),
    (Fault::DeleteLies, "what has expired was not there for delete either"),
    (Fault::FillForgetsRemovals, "a fill is not kept after a removal"),
    (Fault::FillIgnoresTheTime, "a fill is there until its time is over, and not after"),
    (Fault::FillIsASet, "a fill is not kept after a write, and leaves what was written"),
    (Fault::FillLooksThenSets, "a fill is not kept after a count"),
    (Fault::FillLooksThenSets, "a ticket is good for one fill"),
    (Fault::FillLooksThenSets, "of a fill and a removal at once, the removal wins"),
    (Fault::FillLooksThenSets, "of fills with one ticket at once, one is kept"),
    (Fault::GetManyReturnsExpired, "each of many keeps the time it was given"),
    (Fault::GetReturnsExpired, "an entry is there until its time is over, and not after"),
    (Fault::HearsOfFewCalls, "whoever listens hears of counts, times and fills"),
    (Fault::HoldsListeners, "whoever listens no more is let go"),
    (Fault::IncrReadsThenWrites, "of counts at once, none is lost"),
    (Fault::IncrResetsTheTime, "incr keeps the time that an entry has left"),
    (Fault::KeepsWhatIsTooLarge, "a larger one is refused, and what was there before is gone"),
    (Fault::ListsByNumber, "a name that stays is listed while others come and go"),
    (Fault::ListsByPattern, "list takes every character for itself"),
    (Fault::ListsNeighbours, "the names that begin so are listed, and no others"),
    (Fault::ListsTheFirst, "all of many names are listed, some at a time"),
    (Fault::ListsWhatIsOver, "what was removed or is over is not listed"),
    (Fault::ListsWhatIsPromised, "what a fill is about to fill is not listed before it is filled"),
    (Fault::TellsNothing, "whoever listens hears of each change of an entry"),
    (Fault::TellsOfNoClear, "whoever listens hears of the clear of a scope"),
    (Fault::TellsOfNoClear, "whoever listens hears that the store was emptied"),
    (Fault::TellsOfTheFirst, "whoever listens hears of what is changed in one go"),
    (Fault::TellsOneAlone, "all who listen hear of a change"),
    (Fault::TouchOnlyLengthens, "touch shortens a time as well as it lengthens one"),
    (Fault::TouchRevives, "touch never revives what has expired, nor makes what is missing"),
    (Fault::WaitsInPlace, "a get in place ends when it is first polled"),
    (Fault::TouchesUnclaimed, "what is not claimed says that it is not supported"),
    (Fault::ZeroIsForEver, "add, touch or set_many for no time keeps nothing either"),
];

/// What each flaw of a table fails, among other cases.
const FLAWS: &[(Flaw, &str)] = &[
    (Flaw::AddSeesWhatExpired, "add takes the place of an expired entry"),
    (Flaw::ClearIsAPatternOfFiles, "clear_scope takes every character for itself"),
    (Flaw::ClearIsAPatternOfLike, "clear_scope takes every character for itself"),
    (Flaw::ClearMissesTheLastNames, "clear_scope removes the first and the last names that there can be"),
    (Flaw::ClearOfAStoreIsNotNoted, "a fill is not kept after the store was emptied"),
    (Flaw::ClearOfNothingFails, "clear_scope of an empty scope is no error"),
    (Flaw::ClearReachesTheNextName, "clear_scope removes the first and the last names that there can be"),
    (Flaw::ClearStopsAtAThousand, "clear_scope removes thousands as it removes few"),
    (Flaw::ClearStoreIsForgotten, "clear_store removes everything"),
    (Flaw::ClearThenNotes, "of a fill and a clear at once, the clear wins"),
    (Flaw::CountsDownToNothing, "incr adds to the digits under a name, also below nothing"),
    (Flaw::CountsEachNamesVersions, "a ticket of one name fills no other that was changed meanwhile"),
    (Flaw::CountsOnAndOn, "incr beyond 64 bits is an error, and changes nothing"),
    (Flaw::CountsTexts, "incr of what is no number is an error, and changes nothing"),
    (Flaw::CountsWhatIsMissing, "incr of what is missing or expired is an error, and makes nothing"),
    (Flaw::CutsLongNames, "the longest names are told apart by their last byte"),
    (Flaw::CutsLongValues, "a value of some megabytes comes back whole"),
    (Flaw::DeleteManyCountsNames, "a name that is given twice is answered twice, written once and removed once"),
    (Flaw::DeleteManyCountsNames, "delete_many counts what was there"),
    (Flaw::DeleteManyCountsTheDead, "delete_many counts only what lives"),
    (Flaw::EmptyIsNothing, "nothing at all is a value like another"),
    (Flaw::EndsAtAZeroByte, "what was written is read back byte for byte"),
    (Flaw::FailsForNone, "none at all is as good as many"),
    (Flaw::FillOfNoTimeIsForEver, "a fill for no time keeps nothing"),
    (Flaw::FillsAnyway, "a fill is not kept after a write, and leaves what was written"),
    (Flaw::FillsNothing, "a fill is kept where nothing was changed meanwhile"),
    (Flaw::ForgetsClears, "a fill is not kept after its scope was cleared"),
    (Flaw::ForgetsClearsInAnHour, "a clear that is long past is not forgotten by a fill from before"),
    (Flaw::ForgetsRemovalsInAnHour, "a removal that is long past is not forgotten by a fill from before"),
    (Flaw::GetManyAnswersOnce, "a name that is given twice is answered twice, written once and removed once"),
    (Flaw::GetManyForgetsNumbers, "a number is counted and read whichever way it came"),
    (Flaw::GetManyInItsOwnOrder, "many come back in the order they were asked for, with gaps where nothing is"),
    (Flaw::IgnoresCase, "names that differ in one character are different entries"),
    (Flaw::IgnoresCase, "the longest names are told apart by their last byte"),
    (Flaw::IncrIsRoundedToSeconds, "thousands of operations in any order do what a plain list would"),
    (Flaw::IsJammedByWhoeverLeaves, "a store is as it was for others when callers leave half-way"),
    (Flaw::KeepsMonthsForEver, "times of weeks and months end when they are over"),
    (Flaw::KeepsNoNumberOfAFill, "a number that was filled in is counted"),
    (Flaw::KeepsNumbersBesideTexts, "a text in the place of a number is no number, and the other way round"),
    (Flaw::LongTimesAreDates, "a very long time is neither a date nor an error"),
    (Flaw::LosesWhatIsAYearOld, "what has no end is there after a year"),
    (Flaw::MixesUpACrowd, "64 callers on one thread are all answered, each with what is theirs"),
    (Flaw::MixesUpACrowd, "64 callers on threads of their own are all answered, each with what is theirs"),
    (Flaw::NeverFillsAfterAClear, "a while after a clear fills are kept again"),
    (Flaw::NeverFillsWhatIsOld, "an hour after everything fills are kept"),
    (Flaw::NoTimeInManyIsForEver, "add, touch or set_many for no time keeps nothing either"),
    (Flaw::NotesOneScope, "a fill is not kept after more than its scope was cleared"),
    (Flaw::NotesTheLastClearOnly, "a clear is not forgotten when another follows"),
    (Flaw::OverwritesInPlace, "what is written again takes the place of what was"),
    (Flaw::ReadingSweepsUpVersions, "a fill is not kept after a write that has expired since"),
    (Flaw::RefusesACrowd, "64 callers on one thread are all answered, each with what is theirs"),
    (Flaw::RefusesTheLargest, "a value of the largest size is kept"),
    (Flaw::RefusesThousands, "thousands at once are as good as few"),
    (Flaw::RefusesTwins, "a name that is given twice is answered twice, written once and removed once"),
    (Flaw::RemovedIsThere, "what was removed is there for nobody"),
    (Flaw::RemovesWithoutAVersion, "a fill is not kept after the removal of what was never there"),
    (Flaw::RoundsDownToSeconds, "whole seconds are rounded up, never down to nothing"),
    (Flaw::RoundsUpToSeconds, "half a second is half a second"),
    (Flaw::SetKeepsTheTime, "what is written again has the new time alone"),
    (Flaw::SpellsNumbersAnew, "digits come back as they were written, whatever number they are"),
    (Flaw::StopsManyAtWhatIsTooLarge, "one that is too large among many keeps nothing else out"),
    (Flaw::SweepsUpVersions, "a fill is not kept after a write that has expired unread"),
    (Flaw::TakesAnyTicket, "a ticket that nobody gave out fills nothing, and is no error"),
    (Flaw::TakesDamagedTickets, "a ticket that was damaged fills nothing, and is no error"),
    (Flaw::TicketsAreOfOneSize, "a ticket that nobody gave out fills nothing, and is no error"),
    (Flaw::TicketsOfTheWholeStore, "a fill is not disturbed by changes of other names"),
    (Flaw::TinyIsForEver, "a time too short to be told is not for ever"),
    (Flaw::TouchForEverOnlySaysSo, "touch without an end makes an entry stay"),
    (Flaw::TouchThenCount, "thousands of operations in any order do what a plain list would"),
    (Flaw::TtlStandsStill, "ttl says how long an entry still has"),
    (Flaw::WritesInHalves, "a write that is left half-way is whole or not there"),
    (Flaw::WritesInHalves, "whoever reads during writes finds one value or the other, whole"),
    (Flaw::ZeroIsForEver, "a time of zero keeps nothing, and removes what was"),
    (Flaw::ZeroLeavesNoVersion, "a fill is not kept after a write for no time"),
];

/// Runs those cases on a store, all of them where none is named.
fn report(store: &dyn ErasedBackend, clock: &Clock, case: Option<&str>) -> Report {
    let pass = |time| clock.advance(time);
    let suite = Suite { patience: Duration::ZERO, ..Suite::new(store, &pass).hours().seed(1) };
    suite.run_those(|other| case.is_none_or(|case| case == other.says))
}

fn is_found(store: &dyn ErasedBackend, clock: &Clock, case: &str) -> bool {
    report(store, clock, Some(case)).failures.len() == 1
}

#[test]
fn every_fault_of_a_store_around_another_is_found_by_the_case_that_asks_for_it() {
    for (fault, case) in FAULTS {
        let clock = Clock::manual();
        assert!(is_found(&Broken::new(&clock, *fault), &clock, case), "{fault:?}: {case}");
    }
}

#[test]
fn every_flaw_of_a_table_is_found_by_the_case_that_asks_for_it() {
    for (flaw, case) in FLAWS {
        // What goes wrong between two threads goes wrong by chance.
        let is_found = (0..5).any(|_| {
            let clock = Clock::manual();
            is_found(&Table::new(&clock, *flaw), &clock, case)
        });
        assert!(is_found, "{flaw:?}: {case}");
    }
}

#[test]
fn there_is_no_case_that_nothing_fails() {
    let seen: Vec<_> = FAULTS.iter().map(|(_, case)| *case).chain(FLAWS.iter().map(|(_, case)| *case)).collect();
    let cases = Suite::new(&Null, &|_| ()).hours().cases().map(|case| case.says);
    let unseen: Vec<_> = cases.filter(|case| !seen.contains(case)).collect();
    assert!(unseen.is_empty(), "{unseen:#?}");
}

#[test]
fn the_models_hold() {
    let clock = Clock::manual();
    check(&Memory::new(clock.clone()), |time| clock.advance(time));
    let stores: [&dyn ErasedBackend; 3] =
        [&Memory::new(clock.clone()), &Broken::new(&clock, Fault::None), &Table::new(&clock, Flaw::None)];
    for store in stores {
        let report = report(store, &clock, None);
        assert!(report.failures.is_empty() && report.held.len() > 80, "{report}");
    }
}

/// Returns what a report says of the one case that a fault fails.
fn told(fault: Fault, case: &str) -> String {
    let clock = Clock::manual();
    report(&Broken::new(&clock, fault), &clock, Some(case)).to_string()
}

#[test]
fn a_false_claim_is_named_with_its_case_with_what_came_and_with_what_to_claim() {
    assert_eq!(
        told(Fault::ClaimsIncrInVain, "incr keeps the time that an entry has left"),
        "1 failed, 0 held, 0 do not concern this backend\n  \
         incr keeps the time that an entry has left:\n    \
         `incr` failed, and should not: Error { kind: Unsupported, context: \"this store cannot count\" }\n    \
         the backend claims `atomic_incr: true`: one that cannot do this claims `atomic_incr: false`"
    );
    assert_eq!(
        told(Fault::FillIsASet, "a fill is not kept after its scope was cleared"),
        "1 failed, 0 held, 0 do not concern this backend\n  \
         a fill is not kept after its scope was cleared:\n    \
         `set_if` says: true, and should be false\n    \
         the backend claims `clear_scope: true` and `conditional_fill: true`: one that cannot do this claims \
         `clear_scope: false` or `conditional_fill: false`"
    );
    assert_eq!(
        told(Fault::KeepsWhatIsTooLarge, "a larger one is refused, and what was there before is gone"),
        "1 failed, 0 held, 0 do not concern this backend\n  \
         a larger one is refused, and what was there before is gone:\n    \
         `set`: Ok(()), and should be an error of kind TooLarge\n    \
         the backend claims `max_value_bytes: Some(100000)`: one that cannot do this claims \
         `max_value_bytes: None`"
    );
}

#[test]
fn what_works_and_is_not_claimed_is_to_be_claimed() {
    assert_eq!(
        told(Fault::TouchesUnclaimed, "what is not claimed says that it is not supported"),
        "1 failed, 0 held, 0 do not concern this backend\n  \
         what is not claimed says that it is not supported:\n    \
         `touch`, with the claim `touch: false`: Ok(true), and should be an error of kind Unsupported; if it works, claim \
         `touch: true`, and else leave it as the trait has it\n    \
         it is asked of every backend, whatever that claims"
    );
}

#[test]
fn an_add_that_looks_and_then_sets_fails_nothing_else() {
    let clock = Clock::manual();
    let report = report(&Broken::new(&clock, Fault::AddLooksThenSets), &clock, None);
    let failed: Vec<_> = report.failures.iter().map(|failure| failure.case).collect();
    assert_eq!(failed, ["of callers who add at once, one wins"]);
}

/// Cases that find an entry while its time is not over.
const IN_TIME: &[&str] = &[
    "a fill is there until its time is over, and not after",
    "add leaves a live entry its value and its time",
    "add takes the place of an expired entry",
    "an entry is there until its time is over, and not after",
    "half a second is half a second",
    "incr keeps the time that an entry has left",
    "touch gives an entry another time, and leaves its value",
    "touch shortens a time as well as it lengthens one",
    "touch without an end makes an entry stay",
    "ttl says how long an entry still has",
];

#[test]
fn a_machine_that_stands_still_for_longer_than_an_entry_lives_is_no_fault_of_its_store() {
    for case in IN_TIME {
        let clock = Clock::manual();
        let store = Broken::new(&clock, Fault::StandsStill);
        let (begun, pass) = (clock.now(), |time| clock.advance(time));
        let run = |wall: &dyn Fn() -> Duration| {
            Suite { wall, ..Suite::new(&store, &pass) }.run_those(|other| other.says == *case)
        };
        for _ in 0..11 {
            let report = run(&|| clock.now().since(begun));
            assert_eq!((report.held.len(), report.failures.len()), (1, 0), "{report}");
        }
        let is_failed = |_| !run(&|| Duration::ZERO).failures.is_empty();
        assert!((0..11).any(is_failed), "{case}: and who does not see that it stood still takes it for a fault");
    }
}

#[test]
fn a_backend_that_panics_fails_and_does_not_take_the_suite_along() {
    let clock = Clock::manual();
    let report = report(&Broken::new(&clock, Fault::Panics), &clock, None);
    assert!(report.to_string().contains("it panicked: nobody home"), "{report}");
    assert!(report.held.contains(&"none at all is as good as many"));
}

#[test]
fn a_store_that_keeps_nothing_is_no_backend_to_count_with() {
    let report = Suite::new(&Null, &|_| ()).run();
    assert!(report.failures.iter().any(|failure| failure.case == "what was written is read back byte for byte"));
    assert!(report.left_out.contains(&"of counts at once, none is lost"));
}
