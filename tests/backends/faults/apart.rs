//! Two processes that agree on less than they believe: on the time, or on what was said of changes.

use std::time::{Duration, Instant};

use larder::stores::redis::{Config, Redis as Store};
use larder::{Error, Settings};

use super::load::{LIMIT, SLACK, Source, caches, half_a_minute_apart, is_well_again, wait};
use super::proxy::Proxy;
use super::{Needed, own, told};
use crate::servers::{PASSWORD, Redis};

const REDIS: &[Needed] = &[("redis-server", Redis::is_installed)];

own!(REDIS =>
    two_processes_whose_clocks_are_half_a_minute_apart_see_what_the_other_invalidates,
    what_is_near_is_not_served_when_nothing_is_heard_of_changes,
    what_is_near_is_not_served_when_nothing_is_heard_by_the_bus,
    what_is_near_is_not_served_for_longer_than_an_answer_may_take_where_a_connection_is_dead_and_not_closed,
    who_fills_and_never_invalidates_is_found_out,
);

fn settings(url: &str) -> Result<Settings, String> {
    settings_with(url, LIMIT)
}

fn settings_with(url: &str, response_timeout: Duration) -> Result<Settings, String> {
    let store = Config::new(url).and_then(|config| Store::new(config.response_timeout(response_timeout)));
    store.map(Settings::backend).map_err(|error| said(&error))
}

fn said(error: &Error) -> String {
    format!("{error:?}")
}

fn two_processes_whose_clocks_are_half_a_minute_apart_see_what_the_other_invalidates() -> Result<(), String> {
    let server = Redis::start()?;
    half_a_minute_apart("Redis", [settings(&server.url())?, settings(&server.url())?]);
    Ok(())
}

fn what_is_near_is_not_served_when_nothing_is_heard_of_changes() -> Result<(), String> {
    cut_off("tracking")
}

fn what_is_near_is_not_served_when_nothing_is_heard_by_the_bus() -> Result<(), String> {
    cut_off("bus")
}

/// Cuts off one who is told of changes by this way.
fn cut_off(tells: &str) -> Result<(), String> {
    let server = Redis::setup().on_port().start()?;
    let proxy = Proxy::before_port(server.port()).map_err(|error| error.to_string())?;
    let far = format!("redis://larder:{PASSWORD}@127.0.0.1:{}?tells={tells}", server.port());
    let far = caches(settings(&far)?).map_err(|error| said(&error))?.handle();
    let url = format!("redis://larder:{PASSWORD}@127.0.0.1:{}?tells={tells}", proxy.port());
    let near = caches(settings(&url)?.near(3600)).map_err(|error| said(&error))?.handle();
    let source = Source::new();
    is_well_again(&source, &[&near, &far]);
    wait("values are near", || {
        source.is_served_by(&near);
        near.cache("default").stats().near_hits > 100
    });
    for _ in 0..3 {
        proxy.refuse();
        proxy.cut();
        source.change_all(&far);
        // It cannot ask, and is not told: what it has near is not believed, and the function is asked.
        wait("what is near is distrusted", || source.is_served_by(&near));
        source.change_all(&far);
        assert!(source.is_served_by(&near), "and stays so, while nothing is heard");
        proxy.accept();
        is_well_again(&source, &[&near, &far]);
        source.change_all(&far);
        wait("what others change is heard of again", || source.is_served_by(&near));
    }
    source.seen.row(
        "Redis, `near`",
        "three times all connections are cut and none is taken, while others change everything",
        &near,
    );
    Ok(())
}

fn what_is_near_is_not_served_for_longer_than_an_answer_may_take_where_a_connection_is_dead_and_not_closed()
-> Result<(), String> {
    const BOUND: Duration = Duration::from_secs(1);
    let server = Redis::setup().on_port().start()?;
    let proxy = Proxy::before_port(server.port()).map_err(|error| error.to_string())?;
    let far = caches(settings(&server.url())?).map_err(|error| said(&error))?.handle();
    let url = format!("redis://larder:{PASSWORD}@127.0.0.1:{}", proxy.port());
    let near = caches(settings_with(&url, BOUND)?.near(3600)).map_err(|error| said(&error))?.handle();
    let (source, mut longest) = (Source::new(), Duration::ZERO);
    for _ in 0..3 {
        is_well_again(&source, &[&near, &far]);
        let before = near.cache("default").stats().near_hits;
        wait("values are near", || {
            source.is_served_by(&near);
            near.cache("default").stats().near_hits > before + 100
        });
        // Nothing ends: it is only that nothing comes any more.
        proxy.hold();
        source.change_all(&far);
        let (begun, mut old_until) = (Instant::now(), Duration::ZERO);
        wait("what is near is distrusted", || {
            let asked = begun.elapsed();
            let is_old = source.reads_old_by(&near) > 0;
            old_until = if is_old { asked } else { old_until };
            !is_old
        });
        longest = longest.max(old_until);
        proxy.let_go();
    }
    source.seen.row(
        "Redis, `near`",
        "three times nothing comes any more, and nothing ends, while others change everything",
        &near,
    );
    told(&format!("What is near was served for {longest:?} after the connection was dead; the bound was {BOUND:?}."));
    assert!(longest < BOUND + SLACK, "old values were served for {longest:?}");
    Ok(())
}

/// The check is worth something: what is changed and not invalidated is noticed.
fn who_fills_and_never_invalidates_is_found_out() -> Result<(), String> {
    let server = Redis::start()?;
    let larder = caches(settings(&server.url())?).map_err(|error| said(&error))?.handle();
    let source = Source::new();
    is_well_again(&source, &[&larder]);
    source.change_secretly(3);
    assert!(!source.is_served_by(&larder), "an old value is served, and seen to be");
    assert_eq!(source.reads_old_by(&larder), 1);
    Ok(())
}
