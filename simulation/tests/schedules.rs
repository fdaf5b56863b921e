//! The short form: some thousand schedules, and faults that must be found.

use larder_simulation::mutants::Mutant;
use larder_simulation::schedule::run;
use larder_simulation::tally::{Excuse, Fault, Tally};

/// How many seeds are run.
const SEEDS: u64 = 2_000;
/// Within how many seeds each fault that was put in is found.
const FOUND_WITHIN: u64 = 20_000;

#[test]
fn no_schedule_breaks_what_the_docs_promise() {
    let mut tally = Tally::default();
    for seed in 1..=SEEDS {
        let outcome = run(seed, None, false);
        assert_eq!(outcome.broken, None, "cargo run --release -- --seed {seed}");
        tally.add(&outcome.tally);
    }
    for fault in Fault::ALL {
        assert!(tally.faults(fault) > 0, "{fault:?} never occurred");
    }
    for excuse in Excuse::ALL {
        assert!(tally.old(excuse).0 > 0, "nothing old was answered that may be, for {excuse:?}");
    }
}

#[test]
fn the_same_seed_has_the_same_story_to_the_byte() {
    for seed in 1..=50 {
        let [one, other] = [(); 2].map(|()| run(seed, None, true).story);
        assert!(one.len() > 10, "seed {seed} tells nothing");
        assert_eq!(one, other, "seed {seed}");
        // Whatever ran before on the thread.
        drop(run(seed + 1_000, None, false));
        assert_eq!(run(seed, None, true).story, one, "seed {seed}, after another one");
    }
    let told = run(7, None, true);
    assert_eq!(told.tally.steps, run(7, None, false).tally.steps, "to tell it changes nothing");
}

#[test]
fn each_fault_that_is_put_in_is_found_and_its_story_ends_with_what_is_broken() {
    for mutant in Mutant::ALL {
        let found = (1..=FOUND_WITHIN).find(|seed| run(*seed, Some(mutant), false).broken.is_some());
        let Some(seed) = found else { panic!("nothing found of {mutant} within {FOUND_WITHIN} seeds") };
        let outcome = run(seed, Some(mutant), true);
        let (broken, last) = (outcome.broken.expect("it was found before"), outcome.story.last().cloned());
        assert!(last.is_some_and(|last| last.ends_with(&broken)), "seed {seed} of {mutant}: {broken}");
        println!("{mutant}: found by seed {seed}: {broken}");
    }
}
