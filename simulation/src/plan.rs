//! What a seed stands for: how many nodes, what the remote can do, which sites there are, and what goes wrong when.

use std::time::Duration;

use cache_core::backend::Capabilities;
use cache_core::policy::Options;

use crate::draw::Draws;
use crate::remote::Way;
use crate::world::{MILLI, Nanos};

/// How long each question may take.
pub const LIMIT: Duration = Duration::from_millis(300);

/// The plan of a schedule.
#[derive(Debug)]
pub struct Plan {
    /// The nodes.
    pub nodes: Vec<Hands>,
    /// What the remote can do.
    pub can: Capabilities,
    /// How long values are near, by the clock of their node.
    pub near: Option<Nanos>,
    /// How often what may be asked again is.
    pub retry: u32,
    /// After how many failures the remote is left alone, and for how long.
    pub breaker: Option<(u32, Duration)>,
    /// What is cached.
    pub sites: Vec<Site>,
    /// Whether no value is served past its time, or loaded ahead of it.
    pub is_plain: bool,
    /// What goes wrong, and when.
    pub troubles: Vec<(Nanos, Trouble)>,
    /// Whether anything goes wrong at all.
    pub has_faults: bool,
    /// How many clients each node has.
    pub clients: usize,
    /// How many calls each client makes.
    pub calls: u64,
    /// In how many of a hundred cases a client changes something.
    pub changing: u64,
    /// How long clients rest between calls, at most.
    pub rest: Nanos,
    /// How many of a hundred callers leave in the middle.
    pub leaving: u64,
    /// How many of a hundred bodies fail.
    pub failing: u64,
    /// How long a body takes, at most.
    pub body: Nanos,
}

/// The hands of a node's clock.
#[derive(Clone, Copy, Debug)]
pub struct Hands {
    /// By how much it is ahead of the slowest one when the schedule begins.
    pub ahead: Nanos,
    /// By how many parts of a million it goes too fast; too slow, where that is less than nothing.
    pub drift: i64,
}

impl Hands {
    /// Returns how much later it is by this clock after so long.
    #[must_use]
    pub fn local_time(&self, time: Nanos) -> Nanos {
        let drift = i128::from(time) * i128::from(self.drift) / 1_000_000;
        u64::try_from(i128::from(time) + drift).expect("no clock goes backwards")
    }

    /// Returns how long it takes until it is so much later by this clock, at most.
    #[must_use]
    pub fn true_time(&self, time: Nanos) -> Nanos {
        let parts = u128::try_from(1_000_000 + self.drift).expect("no clock stands still");
        let time = u128::from(time) * 1_000_000 / parts;
        u64::try_from(time).expect("a time of less than 584 years") + 2
    }
}

/// A place of a program that caches something under one key.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// Its options.
    pub options: Options,
    /// For how long one process keeps others from running the body, if it does.
    pub lock: Option<Duration>,
    /// The tag that it has.
    pub tag: Option<usize>,
    /// Whether it is in the namespace.
    pub is_within: bool,
    /// The site before it that its body asks, and makes its value of; where it asks none, it reads the source.
    pub of: Option<usize>,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug)]
pub enum Trouble {
    /// The remote stands still.
    Still(Nanos),
    /// The remote is away, and comes back with what it had, or with nothing.
    Away(Nanos, bool),
    /// The way to a node is bad.
    Way(usize, Nanos, Way),
    /// Nothing is heard on a node of what changes.
    Cut(usize, Nanos),
    /// What a node hears of changes is late.
    Slow(usize, Nanos, u64),
    /// A node crashes, and comes back.
    Crash(usize, Nanos),
}

impl Plan {
    /// Returns the site that reads the source of what this one is made of.
    #[must_use]
    pub fn root(&self, key: usize) -> usize {
        self.sites[key].of.map_or(key, |of| self.root(of))
    }

    /// Returns the sites of which this is true, and those that are made of them, each after what it is made of.
    pub fn with_wholes(&self, is_so: impl Fn(usize, &Site) -> bool) -> Vec<usize> {
        let mut keys = Vec::new();
        for (key, site) in self.sites.iter().enumerate() {
            if is_so(key, site) || site.of.is_some_and(|of| keys.contains(&of)) {
                keys.push(key);
            }
        }
        keys
    }

    /// Draws a plan.
    #[must_use]
    pub fn drawn(draws: &mut Draws) -> Self {
        let nodes = draws.between(2, 3);
        let hands = (0..nodes).map(|_| {
            let ahead = if draws.chance(50) { 0 } else { draws.below(30_000 * MILLI) };
            let drift = draws.between(0, 400).cast_signed() - 200;
            Hands { ahead, drift }
        });
        let nodes: Vec<_> = hands.collect();
        let near = draws.chance(70).then(|| draws.one_of(&[200, 1_000, 5_000]) * MILLI);
        let tells = draws.chance(60);
        // A remote that has no scopes tells of nothing that the engine asks for.
        let clear_scope = draws.chance(75);
        let can = Capabilities { tells: tells && clear_scope, clear_scope, ..Capabilities::ALL };
        let retry = draws.one_of(&[0, 0, 1, 2]);
        let breaker = draws.chance(30).then(|| (3, Duration::from_millis(draws.one_of(&[100, 1_000]))));
        let is_plain = draws.chance(30);
        let sites = (0..draws.between(2, 4)).map(|number| Site::drawn(draws, number, is_plain)).collect();
        let mut plan = Self {
            can,
            near,
            retry,
            breaker,
            sites,
            is_plain,
            troubles: Vec::new(),
            has_faults: false,
            clients: draws.place(2) + 1,
            calls: draws.between(2, 7),
            changing: draws.between(10, 50),
            rest: draws.one_of(&[5, 50, 500]) * MILLI,
            leaving: draws.one_of(&[0, 0, 5, 20]),
            failing: draws.one_of(&[0, 0, 10, 40]),
            body: draws.one_of(&[1, 20, 500]) * MILLI,
            nodes,
        };
        let troubles = draws.one_of(&[0, 1, 1, 2, 3]);
        let horizon = plan.rest * plan.calls / 2 + 20 * MILLI;
        for _ in 0..troubles {
            let trouble = plan.trouble(draws, horizon);
            plan.troubles.push((draws.below(horizon), trouble));
        }
        plan.has_faults = troubles > 0;
        plan
    }

    fn trouble(&self, draws: &mut Draws, horizon: Nanos) -> Trouble {
        let node = draws.place(self.nodes.len());
        let time = draws.between(MILLI, horizon.min(2_000 * MILLI));
        match draws.below(9) {
            0 => Trouble::Still(time),
            1 => Trouble::Away(time, false),
            2 => Trouble::Away(time, true),
            3 => Trouble::Way(node, time, Way { lost_there: 100, lost_back: 100, slow: 0 }),
            4 => {
                let [there, back] = [(); 2].map(|()| draws.below(50));
                Trouble::Way(node, time, Way { lost_there: there, lost_back: back, slow: 10 })
            }
            5 => Trouble::Way(node, time, Way { lost_there: 0, lost_back: 0, slow: draws.between(10, 100) }),
            6 => Trouble::Cut(node, time),
            7 => Trouble::Slow(node, time, draws.between(10, 100)),
            _ => Trouble::Crash(node, time),
        }
    }
}

impl Site {
    fn drawn(draws: &mut Draws, number: u64, is_plain: bool) -> Self {
        let mut options = Options::ttl(Duration::from_millis(draws.one_of(&[60_000, 60_000, 2_000, 300])));
        let is_late = !is_plain;
        if is_late && draws.chance(25) {
            options = options.stale(Duration::from_millis(draws.one_of(&[500, 5_000])));
        }
        if is_late && draws.chance(25) {
            options = options.stale_if_error(Duration::from_millis(draws.one_of(&[500, 10_000])));
        }
        if is_late && draws.chance(20) {
            options = options.refresh_ahead(0.5);
        }
        if is_late && draws.chance(10) {
            options = options.early(1.0);
        }
        if draws.chance(10) {
            options = options.jitter(0.2);
        }
        if draws.chance(15) {
            options = options.soft_timeout(Duration::from_millis(20));
        }
        if draws.chance(15) {
            options = options.hard_timeout(Duration::from_millis(100));
        }
        let lock = draws.chance(30).then_some(Duration::from_secs(5));
        if let Some(time) = lock {
            options = options.lock(time);
        }
        let (tag, is_within) = (draws.chance(50).then(|| draws.place(2)), draws.chance(20));
        let of =
            (number > 0 && draws.chance(40)).then(|| usize::try_from(draws.below(number)).expect("a small number"));
        Self { options, lock, tag, is_within, of }
    }
}
