//! The last hour, which in tests is moved by hand.

use std::time::Duration;

use larder::{Settings, cached, testing};
use serde_json::Value;

use crate::browser::{each, open};

const EVERY: Duration = Duration::from_secs(5);

#[cached(key = "history:<number>")]
fn square(number: u64) -> u64 {
    number * number
}

fn rows(now: &Value) -> Vec<Vec<f64>> {
    let row = |row: &Value| row.as_array().expect("a row").iter().map(|cell| cell.as_f64().unwrap_or(-1.0)).collect();
    now["history"].as_array().expect("rows").iter().map(row).collect()
}

#[test]
fn a_row_says_what_has_happened_since_the_last_one() {
    each(|on| {
        let larder = testing::isolated();
        let panel = open();
        let browser = on(panel.clone());
        assert_eq!(browser.json("/api/now")["history"], Value::Array(Vec::new()));
        for calls in [3, 0, 2] {
            (0..calls).for_each(|_| assert_eq!(square(7), 49));
            larder.advance(EVERY);
            panel.sample();
        }
        let now = browser.json("/api/now");
        let columns: Vec<_> = now["columns"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        assert_eq!(
            columns,
            ["t", "hits", "misses", "stale", "loads", "load_ms", "saved_ms", "errors", "entries", "bytes"]
        );
        let rows = rows(&now);
        let column = |name: &str| {
            let at = columns.iter().position(|column| *column == name).expect(name);
            rows.iter().map(|row| row[at]).collect::<Vec<_>>()
        };
        assert_eq!((column("hits"), column("misses")), (vec![2.0, 0.0, 2.0], vec![1.0, 0.0, 0.0]));
        assert_eq!((column("loads"), column("entries")), (vec![1.0, 0.0, 0.0], vec![1.0; 3]));
        assert_eq!((column("bytes"), column("errors")), (vec![-1.0; 3], vec![0.0; 3]));
        let times = column("t");
        assert_eq!((times[1] - times[0], times[2] - times[1]), (5000.0, 5000.0));
        assert_eq!(now["at"].as_f64(), times.last().copied());
        assert_eq!(now["every_s"], 5);
        assert_eq!(now["started"].as_f64().map(|began| began + 5000.0), times.first().copied());
    });
}

#[test]
fn only_what_is_new_is_told_and_no_more_than_an_hour_is_kept() {
    each(|on| {
        let larder = testing::isolated();
        let panel = open();
        let browser = on(panel.clone());
        for _ in 0..730 {
            larder.advance(EVERY);
            panel.sample();
        }
        let all = rows(&browser.json("/api/now"));
        assert_eq!(all.len(), 720);
        assert_eq!(all.last().map(|row| row[0] - 719.0 * 5000.0), all.first().map(|row| row[0]));
        let since = rows(&browser.json(&format!("/api/now?since={}", all[716][0])));
        assert_eq!(since, all[717..]);
    });
}

#[test]
fn a_site_has_an_hour_of_its_own() {
    each(|on| {
        let larder = testing::isolated();
        let panel = open();
        let browser = on(panel.clone());
        let id = &browser.site("history:<number>")["id"];
        let hour = || {
            let hour = browser.json(&format!("/api/history?site={id}"));
            let names = hour["columns"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned());
            (names.collect::<Vec<_>>(), rows(&hour))
        };
        assert_eq!(hour().1, [] as [Vec<f64>; 0]);
        for calls in [3, 0, 2] {
            (0..calls).for_each(|_| assert_eq!(square(7), 49));
            larder.advance(EVERY);
            panel.sample();
        }
        let (columns, rows) = hour();
        assert_eq!(columns, ["t", "s", "hits", "misses", "stale", "loads", "load_ms", "saved_ms", "errors"]);
        let counted: Vec<_> = rows.iter().map(|row| [row[1], row[2], row[3], row[5]]).collect();
        assert_eq!(counted, [[5.0, 2.0, 1.0, 1.0], [5.0, 0.0, 0.0, 0.0], [5.0, 2.0, 0.0, 0.0]]);
        let all = browser.json("/api/now");
        assert_eq!(all["history"].as_array().map(Vec::len), Some(rows.len()));
        for _ in 0..1500 {
            larder.advance(EVERY);
            panel.sample();
        }
        let (_, rows) = hour();
        assert!(rows.len() <= 120 && rows[60][1] > 29.9, "{}", rows.len());
        let error = browser.get("/api/history?cache=default").error(400);
        assert!(error.contains("only sites have a history"), "{error}");
    });
}

#[test]
fn no_row_is_as_old_as_what_was_told_before_it() {
    each(|on| {
        let _larder = testing::isolated();
        let panel = open();
        let browser = on(panel.clone());
        let told = browser.json("/api/now")["at"].as_u64().expect("a time");
        square(3);
        // At the same time, as far as the clock says.
        panel.sample();
        let after = browser.json(&format!("/api/now?since={told}"));
        assert_eq!(rows(&after).len(), 1);
        assert_eq!(after["at"].as_u64(), Some(told + 1));
    });
}

#[test]
fn panels_of_a_program_share_a_thread_that_ends_with_the_last_of_them() {
    // There are no caches of a test here, and so time goes by itself.
    let count = || {
        let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
        tasks
            .filter(|task| std::fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name == "larder-panel\n"))
            .count()
    };
    if !cfg!(target_os = "linux") {
        return;
    }
    let wait_for = |threads: usize| {
        (0..500).any(|_| {
            std::thread::sleep(Duration::from_millis(10));
            count() == threads
        })
    };
    let (one, other) = (open(), open());
    assert!(wait_for(1));
    drop(one);
    assert_eq!(count(), 1);
    drop(other);
    assert!(wait_for(0), "it does not wait for its next turn");
    drop(open().__built(true));
}

#[test]
fn what_caches_share_is_counted_once() {
    each(|on| {
        let room = || Settings::memory_named("history");
        let larder = testing::isolated_with([("default", room()), ("more", room())]).unwrap();
        let panel = open();
        let browser = on(panel.clone());
        assert_eq!((square(7), square(7)), (49, 49));
        larder.advance(EVERY);
        panel.sample();
        let now = browser.json("/api/now");
        assert_eq!(now["history"][0][8], 1, "{now}");
        assert!(now["caches"].as_array().unwrap().iter().all(|cache| cache["entries"] == 1), "{now}");
    });
}
