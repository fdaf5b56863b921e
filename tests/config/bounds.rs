//! What is said of how much a store holds, where the store does not have that.

use larder::Settings;
use larder::backend::Memory;
use larder::clock::Clock;
use larder::config::Place;

use crate::{NOTHING, read, wrong};
#[cfg(all(feature = "redis", feature = "memcached", feature = "sqlite"))]
use crate::{of, stores::isolated};

#[test]
fn a_bound_that_a_store_of_the_program_does_not_take_is_an_error_that_names_it() {
    let text = "[caches.default]\nurl = \"mystore://host?max_bytes=9\"\nmax_entries = 5\ncull_frequency = 3\n";
    let taking = |place: fn(&mut Place)| {
        let make = move |mut given: Place| {
            place(&mut given);
            given.options.done()?;
            Ok(Settings::backend(Memory::new(Clock::manual())))
        };
        read(text, &NOTHING).unwrap().scheme("mystore", make).described().map(|_| ()).map_err(|error| error.to_string())
    };
    let none = taking(|_| ()).unwrap_err();
    assert!(
        none.contains("`mystore` does not take `max_entries`, `max_bytes`, `cull_frequency`: leave that"),
        "{none}"
    );
    let some = taking(|place| assert_eq!((place.max_entries(), place.max_bytes()), (Some(5), Some(9)))).unwrap_err();
    assert!(some.contains("does not take `cull_frequency`:"), "{some}");
    let all = |place: &mut Place| {
        let _ = (place.max_entries(), place.max_bytes());
        assert_eq!(place.cull_frequency(), Some(3));
    };
    assert_eq!(taking(all), Ok(()));
}

/// Stores that do not have these bounds, each with what says why.
#[cfg(all(feature = "redis", feature = "memcached", feature = "sqlite"))]
const LACKING: [(&str, &[&str], &str); 3] = [
    (
        "redis://:geheim@host",
        &["max_entries", "max_bytes", "cull_frequency"],
        "since Redis is bounded on the server, by",
    ),
    ("memcached://host", &["max_entries", "max_bytes", "cull_frequency"], "since Memcached is bounded on each server"),
    ("sqlite://./shop.db", &["max_bytes"], "since a table counts entries and no bytes"),
];

#[cfg(all(feature = "redis", feature = "memcached", feature = "sqlite"))]
#[test]
fn a_bound_that_a_store_does_not_have_is_named_where_it_stands() {
    for (url, bounds, why) in LACKING {
        for bound in bounds {
            let beside = wrong(&format!("[caches.default]\nurl = \"{url}\"\n{bound} = 9\n"), &NOTHING);
            assert!(beside.starts_with("larder.toml:3:"), "{beside}");
            let does = format!("`{bound}` does nothing here, {why}");
            assert!(
                beside.contains(&does) && beside.contains("leave it away (a bound behind another address, `memory://?"),
                "{beside}"
            );
            assert!(beside.contains(&format!("3 | {bound} = 9")) && !beside.contains("geheim"), "{beside}");
            let variable = format!("LARDER_{}", bound.to_uppercase());
            let over = wrong(&format!("[caches.default]\nurl = \"{url}\"\n"), &[(&variable, "9")]);
            assert!(over.starts_with(&format!("{variable}: {does}")), "{over}");
            let behind = wrong("", &[("LARDER_URL", &format!("{url}?{bound}=9"))]);
            assert!(behind.starts_with(&format!("LARDER_URL: {does}")), "{behind}");
        }
    }
    let all = "max_entries = 9\nmax_bytes = 9\ncull_frequency = 9\ntll = 5\n";
    let all = wrong(&format!("[caches.default]\nurl = \"redis://host\"\n{all}"), &NOTHING);
    assert_eq!(all.matches("larder.toml:").count(), 4, "{all}");
}

#[cfg(all(feature = "redis", feature = "memcached", feature = "sqlite"))]
#[test]
fn a_bound_below_the_address_that_moves_a_cache_is_left_aside_and_told() {
    for (url, bounds, why) in LACKING {
        let bound = bounds[0];
        for (text, variable, line) in [
            (format!("[caches.default]\n{bound} = 9\n"), "LARDER_URL", 2),
            (format!("[caches.default]\nurl = \"memory://\"\n{bound} = 9\n"), "LARDER_URL", 3),
            (format!("[caches.default]\nurl = \"${{SHOP_URL}}\"\n{bound} = 9\n"), "SHOP_URL", 3),
        ] {
            let moved = of("default", &text, &[(variable, url)]);
            let [idle] = &moved.idle[..] else { panic!("{moved:#?}") };
            let start = format!("`{bound}` at larder.toml:{line}:");
            let address = if variable == "LARDER_URL" { variable } else { "larder.toml:2:7" };
            let does = format!(" does nothing at the address of {address}, {why}");
            assert!(idle.starts_with(&start) && idle.contains(&does) && !idle.contains("geheim"), "{idle}");
            assert_eq!((moved.max_entries, moved.max_bytes), (None, None));
            assert!(of("default", &text, &[(variable, "memory://")]).idle.is_empty());
            isolated(&read(&text, &[(variable, url)]).unwrap());
        }
        let code = larder::builder().cache("default", Settings::memory().max_entries(9).max_bytes(9));
        let moved = code.toml(format!("[caches.default]\nurl = \"{url}\"\n")).unwrap().described().unwrap();
        assert_eq!(moved[0].idle.len(), bounds.len().min(2), "{:#?}", moved[0]);
    }
    let both = wrong("", &[("LARDER_URL", "redis://host"), ("LARDER_MAX_ENTRIES", "5")]);
    assert!(both.starts_with("LARDER_MAX_ENTRIES: `max_entries` does nothing here"), "{both}");
    let behind = wrong("[caches.default]\nurl = \"${SHOP_URL}\"\n", &[("SHOP_URL", "redis://host?max_entries=5")]);
    assert!(behind.starts_with("larder.toml:2:7: `max_entries` does nothing here"), "{behind}");
}

#[cfg(all(feature = "redis", feature = "memcached", feature = "sqlite"))]
#[test]
fn of_two_caches_in_a_store_the_one_that_says_a_bound_beside_its_address_is_told() {
    let text = "[caches.default]\nmax_entries = 9\n[caches.pages]\nurl = \"redis://host\"\nmax_entries = 9\n";
    let wrong = wrong(text, &[("LARDER_URL", "redis://host")]);
    assert!(wrong.starts_with("larder.toml:5:") && wrong.contains("`max_entries` does nothing here"), "{wrong}");
}

#[cfg(all(feature = "redis", feature = "memcached", feature = "sqlite"))]
#[test]
fn of_two_caches_in_a_store_the_one_that_was_moved_is_told_of_its_bound_and_of_its_address() {
    let text = "[caches.drafts]\nurl = \"redis://host\"\n[caches.pages]\nmax_entries = 9\n";
    let variables = [("LARDER_CACHES__PAGES__URL", "redis://host")];
    let idle = |cache| of(cache, text, &variables).idle;
    assert_eq!(idle("drafts"), [""; 0], "nobody has said anything of it");
    let [idle] = &idle("pages")[..] else { panic!("{:#?}", idle("pages")) };
    let start = "`max_entries` at larder.toml:4:";
    assert!(idle.starts_with(start) && idle.contains(" at the address of LARDER_CACHES__PAGES__URL,"), "{idle}");
}

#[test]
fn an_option_of_another_store_says_whose_address_counts() {
    let text = "[caches.default]\nurl = \"postgres://host/shop\"\noptions.table = \"pages\"\n";
    let wrong = wrong(text, &[("LARDER_URL", "null://")]);
    assert!(wrong.starts_with("larder.toml:3:9: ") && wrong.contains("The store is that of LARDER_URL"), "{wrong}");
}

#[cfg(feature = "sqlite")]
#[test]
fn a_bound_that_is_left_aside_is_in_the_log_when_the_caches_are_made() {
    let lines = crate::lines::lines();
    let text = "[caches.aside]\nmax_bytes = 9\n";
    let builder = read(text, &[("LARDER_CACHES__ASIDE__URL", "sqlite://./aside.db")]).unwrap();
    // Another test of this process may have made its caches before.
    let _ = builder.install();
    let lines = lines.lock().unwrap();
    let told: Vec<_> = lines.iter().filter(|line| line.contains("cache `aside`: `max_bytes`")).collect();
    assert!(told.len() == 1 && told[0].starts_with("WARN larder "), "{told:?}");
}
