//! Where no test has caches of its own: what a program does all day.

use std::process::Command;

use larder::cached;

use crate::Runs;

static RUNS: Runs = Runs::new();

#[cached(key = "usual:<name>:<number>")]
fn usual(name: &str, number: u64) -> u64 {
    RUNS.next() as u64 + 10 * number + name.len() as u64
}

/// Calls once more, and returns how many bodies have run and how many hits the site and its cache have counted.
fn call(name: &str) -> (usize, u64, u64) {
    usual(name, 1);
    (RUNS.count(), usual::stats().hits, larder::cache("default").expect("there is one").stats().hits)
}

/// The process of a test of its own: what it says is printed where it fails.
const ALONE: &str = "LARDER_TEST_ALONE";

#[test]
fn a_program_counts_every_hit_for_its_site_and_its_cache_and_obeys_both_switches() {
    if std::env::var_os(ALONE).is_none() {
        let test = "usual::a_program_counts_every_hit_for_its_site_and_its_cache_and_obeys_both_switches";
        let program = std::env::current_exe().expect("this program");
        let run =
            Command::new(program).args(["--exact", test, "--nocapture"]).env(ALONE, "1").output().expect("it runs");
        assert!(
            run.status.success(),
            "{}{}",
            String::from_utf8_lossy(&run.stdout),
            String::from_utf8_lossy(&run.stderr)
        );
        return;
    }
    assert_eq!((call("ann"), call("ann"), call("ann")), ((1, 0, 0), (1, 1, 1), (1, 2, 2)));
    let long = "x".repeat(300);
    assert_eq!((call(&long), call(&long)), ((2, 2, 2), (2, 3, 3)));

    usual::invalidate("ann", 1);
    assert_eq!((call("ann"), call("ann")), ((3, 3, 3), (3, 4, 4)));
    usual::site().switch_off();
    assert_eq!((call("ann"), call("ann")), ((4, 4, 4), (5, 4, 4)));
    usual::site().switch_on();
    assert_eq!(call("ann"), (5, 5, 5));

    let cache = larder::cache("default").expect("there is one");
    cache.switch_off();
    assert_eq!(call("ann"), (6, 5, 5));
    cache.switch_on();
    assert_eq!(call("ann"), (6, 6, 6));

    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..1_000 {
                    call("ann");
                }
            });
        }
    });
    assert_eq!(call("ann"), (6, 4_007, 4_007));

    let larder = larder::testing::isolated();
    assert_eq!((call("ann"), call("ann")), ((7, 4_007, 0), (7, 4_008, 1)));
    drop(larder);
    assert_eq!(call("ann"), (7, 4_009, 4_008), "the cache of the program knows nothing of a test's");
}
