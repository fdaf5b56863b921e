//! Times of every spelling, and what is done with values whose time has come.

use std::time::Duration;

use larder::{cached, testing};
use tokio::sync::Notify;

use crate::Runs;

const HOUR: u64 = 3600;
const SHORT: u32 = 5;
const DURATION: Duration = Duration::from_millis(1500);

#[cached(key = "times:seconds:<n>", ttl = 60)]
fn seconds(n: u8) -> u8 {
    n
}

#[cached(key = "times:product:<n>", ttl = 60 * 15)]
fn product(n: u8) -> u8 {
    n
}

#[cached(key = "times:constant:<n>", ttl = 2 * HOUR)]
fn constant(n: u8) -> u8 {
    n
}

#[cached(key = "times:other_integer:<n>", ttl = SHORT)]
fn other_integer(n: u8) -> u8 {
    n
}

#[cached(key = "times:duration:<n>", ttl = DURATION)]
fn duration(n: u8) -> u8 {
    n
}

#[cached(key = "times:called:<n>", ttl = Duration::from_secs(5))]
fn called(n: u8) -> u8 {
    n
}

#[cached(key = "times:forever:<n>", ttl = forever)]
fn forever(n: u8) -> u8 {
    n
}

#[cached(key = "times:unsaid:<n>")]
fn unsaid(n: u8) -> u8 {
    n
}

#[cached(key = "times:suffixed:<n>", ttl = 5_u16)]
fn suffixed(n: u8) -> u8 {
    n
}

#[test]
fn a_value_lives_as_long_as_its_time_says() {
    type Site = (fn(u8) -> u8, fn(u8) -> Option<u8>, Option<Duration>);
    let sites: [Site; 9] = [
        (seconds, seconds::get, Some(Duration::from_secs(60))),
        (product, product::get, Some(Duration::from_secs(900))),
        (constant, constant::get, Some(Duration::from_secs(7200))),
        (other_integer, other_integer::get, Some(Duration::from_secs(5))),
        (duration, duration::get, Some(DURATION)),
        (called, called::get, Some(Duration::from_secs(5))),
        (forever, forever::get, None),
        (unsaid, unsaid::get, Some(Duration::from_secs(300))),
        (suffixed, suffixed::get, Some(Duration::from_secs(5))),
    ];
    for (call, look, time) in sites {
        let larder = testing::isolated();
        call(1);
        let time = time.unwrap_or(Duration::from_secs(400_000_000));
        larder.advance(time.saturating_sub(Duration::from_millis(100)));
        assert_eq!(look(1), Some(1), "{time:?}");
        larder.advance(Duration::from_millis(200));
        assert_eq!(look(1).is_some(), time > Duration::from_secs(100_000), "{time:?}");
    }
}

#[derive(Clone, Default)]
struct Source(std::sync::Arc<(Runs, Notify)>);

#[cached(key = "times:stale:<id>", ttl = 10, stale = 60, ignore(source))]
async fn stale(source: Source, id: u64) -> String {
    format!("{id}/{}", source.0.0.next())
}

#[tokio::test]
async fn a_stale_value_is_served_while_a_task_with_its_own_arguments_loads_a_new_one() {
    let larder = testing::isolated();
    let source = Source::default();
    assert_eq!(stale(source.clone(), 1).await, "1/1");
    larder.advance(Duration::from_secs(11));
    assert_eq!(stale(source.clone(), 1).await, "1/1", "served at once");
    assert_eq!(source.0.0.count(), 1, "the refresh is a task, and no task has run yet");
    larder.run_tasks();
    assert_eq!(stale(source.clone(), 1).await, "1/2");
    assert_eq!(source.0.0.count(), 2);
}

#[cached(key = "times:stale_borrowed:<id>", ttl = 10, stale = 60, ignore(runs))]
async fn stale_borrowed(runs: &Runs, id: u64) -> String {
    format!("{id}/{}", runs.next())
}

#[tokio::test]
async fn with_borrowed_arguments_the_first_caller_refreshes_and_waits() {
    let larder = testing::isolated();
    let runs = Runs::default();
    assert_eq!(stale_borrowed(&runs, 1).await, "1/1");
    larder.advance(Duration::from_secs(11));
    assert_eq!(stale_borrowed(&runs, 1).await, "1/2");
}

#[cached(key = "times:ahead:<id>", ttl = 10, refresh_ahead = 0.5, ignore(source))]
async fn ahead(source: Source, id: u64) -> Result<usize, String> {
    let _ = id;
    Ok(source.0.0.next())
}

#[tokio::test]
async fn a_value_in_use_is_loaded_ahead_of_its_end() {
    let larder = testing::isolated();
    let source = Source::default();
    assert_eq!(ahead(source.clone(), 1).await, Ok(1));
    larder.advance(Duration::from_secs(6));
    assert_eq!(ahead(source.clone(), 1).await, Ok(1));
    assert_eq!(ahead(source.clone(), 1).await, Ok(1));
    larder.run_tasks();
    assert_eq!((ahead(source.clone(), 1).await, source.0.0.count()), (Ok(2), 2), "one refresh for all callers");
}

#[cached(key = "times:if_error:<id>", ttl = 10, stale_if_error = 60, ignore(runs))]
fn if_error(runs: &Runs, id: u64) -> Result<u64, String> {
    if runs.next() == 1 { Ok(id) } else { Err("down".to_owned()) }
}

#[test]
fn a_stale_value_is_served_when_the_body_fails() {
    let larder = testing::isolated();
    let runs = Runs::default();
    assert_eq!(if_error(&runs, 1), Ok(1));
    larder.advance(Duration::from_secs(11));
    assert_eq!((if_error(&runs, 1), runs.count()), (Ok(1), 2));
    larder.advance(Duration::from_secs(100));
    assert!(if_error(&runs, 1).is_err());
}

#[cached(key = "times:soft:<id>", ttl = 10, stale = 60, timeout(soft = 1, hard = 30), ignore(source))]
async fn soft(source: Source, id: u64) -> Result<usize, larder::Error> {
    let run = source.0.0.next();
    if run > 1 {
        source.0.1.notified().await;
    }
    Ok(run + usize::try_from(id).unwrap_or(0))
}

#[tokio::test]
async fn over_a_soft_limit_the_stale_value_is_served_and_the_load_goes_on() {
    let larder = testing::isolated();
    let source = Source::default();
    assert_eq!(soft(source.clone(), 10).await.unwrap(), 11);
    larder.advance(Duration::from_secs(11));
    let (value, ()) = tokio::join!(soft(source.clone(), 10), async {
        tokio::task::yield_now().await;
        larder.advance(Duration::from_secs(2));
    });
    assert_eq!(value.unwrap(), 11);
    source.0.1.notify_one();
    larder.run_tasks();
    assert_eq!(soft(source.clone(), 10).await.unwrap(), 12);
}

#[cached(key = "times:slow:<id>", ttl = 10, stale = 10, ignore(source))]
async fn slow(source: Source, id: u64) -> usize {
    let run = source.0.0.next();
    source.0.1.notified().await;
    run + usize::try_from(id).unwrap_or(0)
}

#[tokio::test]
async fn a_refresh_that_awaits_goes_on_whenever_it_can_while_a_caller_waits_for_it() {
    let larder = testing::isolated();
    let source = Source::default();
    source.0.1.notify_one();
    assert_eq!(slow(source.clone(), 10).await, 11);
    larder.advance(Duration::from_secs(11));
    assert_eq!(slow(source.clone(), 10).await, 11, "served at once, and a task is made");
    larder.advance(Duration::from_secs(11));
    let (value, ()) = tokio::join!(slow(source.clone(), 10), async {
        tokio::task::yield_now().await;
        source.0.1.notify_one();
    });
    assert_eq!(value, 12, "too old to be served, so the caller waited for that task");
}

#[cached(key = "times:dies:<id>", ttl = 10, stale = 10, ignore(source))]
async fn dies(source: Source, id: u64) -> usize {
    let run = source.0.0.next();
    assert_ne!(run, 2, "the source is away");
    run + usize::try_from(id).unwrap_or(0)
}

#[tokio::test]
async fn a_refresh_that_panics_takes_no_other_refresh_along() {
    let larder = testing::isolated();
    let (bad, good) = (Source::default(), Source::default());
    assert_eq!((dies(bad.clone(), 10).await, stale(good.clone(), 1).await), (11, "1/1".to_owned()));
    larder.advance(Duration::from_secs(11));
    assert_eq!((dies(bad.clone(), 10).await, stale(good.clone(), 1).await), (11, "1/1".to_owned()));
    let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| larder.run_tasks()));
    assert!(ran.is_err(), "the test is told");
    larder.run_tasks();
    assert_eq!(stale(good.clone(), 1).await, "1/2");
}

#[cached(key = "times:no_arguments", ttl = 10, stale = 60)]
async fn no_arguments() -> u64 {
    7
}

#[tokio::test]
async fn a_function_without_arguments_goes_on_as_a_task_too() {
    let larder = testing::isolated();
    assert_eq!(no_arguments().await, 7);
    larder.advance(Duration::from_secs(11));
    assert_eq!(no_arguments().await, 7);
    assert_eq!(larder.run_tasks(), 1);
}

struct Job(u64);

impl Job {
    #[cached(key = "times:job:<self.0>", ttl = 10, stale = 60, ignore(source))]
    pub async fn run(self: std::sync::Arc<Self>, source: Source) -> String {
        format!("{}/{}", self.0, source.0.0.next())
    }
}

#[tokio::test]
async fn a_method_that_owns_its_receiver_goes_on_as_a_task() {
    let larder = testing::isolated();
    let (job, source) = (std::sync::Arc::new(Job(7)), Source::default());
    assert_eq!(job.clone().run(source.clone()).await, "7/1");
    larder.advance(Duration::from_secs(11));
    assert_eq!(job.clone().run(source.clone()).await, "7/1");
    larder.run_tasks();
    assert_eq!(job.clone().run(source.clone()).await, "7/2");
}

#[cached(key = "times:recursive:<n>", ttl = 10, stale = 60)]
async fn recursive(n: u64) -> Result<u64, String> {
    if n == 0 { Ok(0) } else { Ok(n + Box::pin(recursive(n - 1)).await?) }
}

#[tokio::test]
async fn a_recursive_body_can_be_refreshed_as_a_task() {
    let larder = testing::isolated();
    assert_eq!(recursive(4).await, Ok(10));
    larder.advance(Duration::from_secs(11));
    assert_eq!(recursive(4).await, Ok(10));
    larder.run_tasks();
    assert_eq!(recursive(4).await, Ok(10));
}

#[cached(key = "times:generic:<T>:<id>", ttl = 10, stale = 60, returns = value, local, ignore(source))]
async fn generic<T>(source: Source, id: T) -> (T, usize)
where
    T: larder::KeyPart + larder::KeyName + Clone + Send + Sync + 'static,
{
    (id, source.0.0.next())
}

#[tokio::test]
async fn a_generic_body_goes_on_as_a_task_where_its_bounds_say_that_it_can() {
    let larder = testing::isolated();
    let source = Source::default();
    assert_eq!(generic(source.clone(), 1_u8).await, (1, 1));
    larder.advance(Duration::from_secs(11));
    assert_eq!(generic(source.clone(), 1_u8).await, (1, 1));
    larder.run_tasks();
    assert_eq!(generic(source.clone(), 1_u8).await, (1, 2));
}

#[cached(key = "times:jittered:<n>", ttl = 100, jitter = 0.5)]
fn jittered(n: u32) -> u32 {
    n
}

#[test]
fn jitter_scatters_the_ends_of_values() {
    let larder = testing::isolated();
    (0..64).for_each(|n| {
        jittered(n);
    });
    larder.advance(Duration::from_secs(75));
    let left = (0..64).filter(|n| jittered::get(*n).is_some()).count();
    assert!((1..64).contains(&left), "some have ended, and some have not: {left}");
}
