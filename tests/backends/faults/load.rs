//! Callers of a cached function while something goes wrong below it, and what came of it for them.

use std::array;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use larder::clock::Clock;
use larder::testing::{Isolated, Larder};
use larder::{Error, Settings, cached, testing};

use super::row::Seen;

/// How many entries there are: few, so that everybody meets everybody.
const ENTRIES: usize = 24;
const READERS: usize = 4;
const WRITERS: usize = 2;

/// How long a store waits in these tests, at the most: for a connection and for an answer.
pub const LIMIT: Duration = Duration::from_millis(300);

/// How long something may take that comes sooner or later.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much longer than its limit a call may take on a machine that has much to do. Whoever is forgotten takes longer.
pub const SLACK: Duration = Duration::from_secs(15);

/// What caches are filled from: numbers that only ever grow, and what is known of invalidations.
pub struct Source {
    said: [AtomicU64; ENTRIES],
    /// What it said when the last invalidation that has ended began.
    oldest: [AtomicU64; ENTRIES],
    runs: AtomicUsize,
    /// What all who call have seen.
    pub seen: Seen,
    /// How many bytes a value has beside its number.
    padding: usize,
}

#[cached(key = "truth:<id>", ttl = 3600, ignore(source))]
fn truth(source: &Source, id: usize) -> String {
    source.runs.fetch_add(1, Ordering::Relaxed);
    format!("{:020}{}", source.said[id].load(Ordering::SeqCst), ".".repeat(source.padding))
}

impl Source {
    pub fn new() -> Arc<Self> {
        Self::padded(0)
    }

    /// Returns one whose values have so many bytes more.
    pub fn padded(padding: usize) -> Arc<Self> {
        let zeros = || array::from_fn(|_| AtomicU64::new(0));
        Arc::new(Self { said: zeros(), oldest: zeros(), runs: AtomicUsize::new(0), seen: Seen::default(), padding })
    }

    /// Returns how often it was read.
    pub fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }

    /// Reads an entry through the caches that this thread sees.
    fn read(&self, id: usize) -> u64 {
        self.seen.note(|| truth(self, id))[..20].parse().expect("a number of the source")
    }

    /// Changes what it says of an entry, and invalidates that. It has one writer.
    fn change(&self, id: usize) {
        let now = self.said[id].fetch_add(1, Ordering::SeqCst) + 1;
        self.seen.note(|| truth::invalidate(id));
        self.oldest[id].store(now, Ordering::SeqCst);
    }

    /// Returns whether what is served is older than an invalidation that had ended before.
    fn reads_too_old(&self, id: usize) -> bool {
        let oldest = self.oldest[id].load(Ordering::SeqCst);
        self.read(id) < oldest
    }

    /// Changes everything through caches.
    pub fn change_all(&self, larder: &Larder) {
        let _entered = larder.enter();
        (0..ENTRIES).for_each(|id| self.change(id));
    }

    /// Changes what it says of an entry, and says that it was invalidated, which it was not.
    pub fn change_secretly(&self, id: usize) {
        let now = self.said[id].fetch_add(1, Ordering::SeqCst) + 1;
        self.oldest[id].store(now, Ordering::SeqCst);
    }

    /// Changes every other entry and reads them all, so many times, and returns how often too old a value was served.
    pub fn changes_and_reads(&self, larder: &Larder, first: usize, times: usize) -> usize {
        let _entered = larder.enter();
        let mut draw = Draw(first as u64 + 1);
        let mut step = || {
            if draw.below(4) == 0 {
                self.change(draw.below(ENTRIES / 2) * 2 + first);
            }
            usize::from(self.reads_too_old(draw.below(ENTRIES)))
        };
        (0..times).map(|_| step()).sum()
    }

    /// Returns how many entries are served that are older than an invalidation that had ended before.
    pub fn reads_old_by(&self, larder: &Larder) -> usize {
        let _entered = larder.enter();
        (0..ENTRIES).filter(|id| self.reads_too_old(*id)).count()
    }

    /// Returns whether everything that is served is as it says.
    pub fn is_served_by(&self, larder: &Larder) -> bool {
        self.untrue(larder).is_empty()
    }

    /// Returns which entries are not served as the source says, with what is served and what it says.
    fn untrue(&self, larder: &Larder) -> Vec<(usize, u64, u64)> {
        let _entered = larder.enter();
        let said = |id: usize| (id, self.read(id), self.said[id].load(Ordering::SeqCst));
        (0..ENTRIES).map(said).filter(|(_, served, said)| served != said).collect()
    }
}

/// What callers have noticed so far, for who is at the servers meanwhile.
#[derive(Default)]
pub struct Progress {
    is_over: AtomicBool,
    calls: AtomicUsize,
    old: AtomicUsize,
}

impl Progress {
    /// Waits until there were so many more calls.
    pub fn more_calls(&self, wanted: usize) {
        let before = self.calls.load(Ordering::SeqCst);
        wait("calls go on", || self.calls.load(Ordering::SeqCst) >= before + wanted);
    }

    fn note(&self, call: impl FnOnce() -> bool) {
        self.old.fetch_add(usize::from(call()), Ordering::SeqCst);
        self.calls.fetch_add(1, Ordering::SeqCst);
    }
}

/// Waits until something is so, which it is sooner or later.
pub fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
        thread::yield_now();
    }
}

/// Makes caches in a store, as a process has them, with the clock of the machine: what a process knows of markers in a
/// store is asked for again by it.
pub fn caches(settings: Settings) -> Result<Isolated, Error> {
    testing::isolated_at(Clock::default(), [("default", settings)])
}

/// Has two processes change and read the same, one by a clock that is half a minute ahead. Neither is served what the other had
/// invalidated before.
pub fn half_a_minute_apart(store: &str, settings: [Settings; 2]) {
    let clocks = [Duration::ZERO, Duration::from_secs(30)].map(|ahead| {
        let clock = Clock::manual();
        clock.advance(ahead);
        clock
    });
    let caches =
        |(clock, settings)| testing::isolated_at(clock, [("default", settings)]).expect("settings that work").handle();
    let both: Vec<_> = clocks.into_iter().zip(settings).map(caches).collect();
    let source = Source::new();
    thread::scope(|scope| {
        let run = |(first, larder)| source.changes_and_reads(larder, first, 2_000);
        let callers: Vec<_> = both.iter().enumerate().map(|caller| scope.spawn(move || run(caller))).collect();
        let old: Vec<_> = callers.into_iter().map(|caller| caller.join().expect("no error reaches a caller")).collect();
        assert_eq!(old, [0, 0], "values were served that had been invalidated before");
    });
    is_well_again(&source, &both.iter().collect::<Vec<_>>());
    source.seen.row(store, "two processes whose clocks are 30 seconds apart", &both[1]);
}

/// Has many call at once while something is done to the servers. None of them sees an error, waits longer than the store
/// may, or is served what was invalidated before.
pub fn under_load(larder: &Larder, source: &Arc<Source>, fault: impl FnOnce(&Progress)) {
    let progress = Arc::new(Progress::default());
    // They are not waited for in a scope: where one is forgotten, this is to fail and not to wait with it.
    let callers: Vec<_> = (0..READERS + WRITERS)
        .map(|caller| {
            let (larder, source, progress) = (larder.clone(), Arc::clone(source), Arc::clone(&progress));
            thread::spawn(move || call(&larder, &source, &progress, caller))
        })
        .collect();
    let over = Over(&progress);
    progress.more_calls(300);
    fault(&progress);
    progress.more_calls(300);
    drop(over);
    wait("all callers have their answers", || callers.iter().all(JoinHandle::is_finished));
    for caller in callers {
        caller.join().expect("no error reaches a caller");
    }
    let longest = source.seen.longest();
    assert!(longest < LIMIT * 4 + SLACK, "a call took {longest:?}");
    assert_eq!(progress.old.load(Ordering::SeqCst), 0, "values were served that had been invalidated before");
}

/// Calls until it is over: one of the readers, or of the writers, who share the entries among them.
fn call(larder: &Larder, source: &Source, progress: &Progress, caller: usize) {
    let _entered = larder.enter();
    let mut draw = Draw(caller as u64 + 1);
    while !progress.is_over.load(Ordering::SeqCst) {
        match caller.checked_sub(READERS) {
            None => progress.note(|| source.reads_too_old(draw.below(ENTRIES))),
            Some(writer) => progress.note(|| {
                source.change(draw.below(ENTRIES / WRITERS) * WRITERS + writer);
                false
            }),
        }
    }
}

/// Whoever waits for callers does not do so in vain, whatever becomes of the test.
struct Over<'a>(&'a Progress);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::SeqCst);
    }
}

/// After the fault: this process and another one that sees the same servers are served what the source says, from the
/// store.
pub fn is_well_again(source: &Source, larders: &[&Larder]) {
    let (begun, runs) = (Instant::now(), source.runs());
    // The one pays what it owes to the store, and the others are served what comes of that.
    let untrue = |at: &usize| !source.untrue(larders[*at]).is_empty();
    while let Some(at) = (0..larders.len()).find(untrue) {
        let who = || larders.iter().map(|larder| larder.cache("default").stats()).collect::<Vec<_>>();
        let untrue = || source.untrue(larders[at]);
        assert!(
            begun.elapsed() < PATIENCE,
            "process {at} is served, and what is true: {:?}, of {:#?}",
            untrue(),
            who()
        );
    }
    wait("values come from the store again", || {
        let before = source.runs();
        larders.iter().all(|larder| source.untrue(larder).is_empty()) && source.runs() == before
    });
    source.seen.ran_anew(source.runs() - runs);
}

/// Numbers that look like chance.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % end as u64).unwrap_or(0)
    }
}
