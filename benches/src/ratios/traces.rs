//! Requests in the shapes that caches meet.

use crate::random::{Random, Zipf};

/// The names of all traces, in order.
pub const NAMES: [&str; 6] = ["Zipf", "Zipf and scans", "loop", "shifting", "Zipf and loop", "phases"];

/// Keys, in the order in which they are asked for.
pub struct Trace {
    pub name: &'static str,
    pub what: &'static str,
    pub keys: Vec<u32>,
    /// So many requests come before anything is counted.
    pub warm_up: usize,
}

/// Makes all traces, for a cache with this room.
#[must_use]
pub fn all(room: usize) -> Vec<Trace> {
    let mut shapes = Shapes::new(room);
    let requests = room * 60;
    let mut trace = |index: usize, what, next: fn(&mut Shapes, usize) -> u32| Trace {
        name: NAMES[index],
        what,
        keys: (0..requests).map(|request| next(&mut shapes, request)).collect(),
        warm_up: requests / 3,
    };
    vec![
        trace(0, "exponent 0.99 over ten times as many keys as there is room for", |of, _| of.zipf()),
        trace(
            1,
            "the same in two thirds of the requests; between them scans of keys that nobody asks for again",
            Shapes::polluted,
        ),
        trace(2, "one tenth more keys than there is room for, in a circle", |of, _| of.round()),
        trace(3, "nine in ten for a hot set of 0.8 of the room, another one each ten times the room; else any key", {
            Shapes::shifting
        }),
        trace(4, "one or the other by chance", |of, _| of.either()),
        trace(5, "Zipf, scans, loop, shifting: each for five times the room, again and again", |of, request| {
            match request / (of.room * 5) % 4 {
                0 => of.zipf(),
                1 => of.polluted(request),
                2 => of.round(),
                _ => of.shifting(request),
            }
        }),
    ]
}

/// What makes requests; the keys of different shapes are different ones.
struct Shapes {
    room: usize,
    zipf: Zipf,
    random: Random,
    scanned: u32,
    round: usize,
}

impl Shapes {
    fn new(room: usize) -> Self {
        let zipf = Zipf::new(room * 10, 0.99);
        Self { room, zipf, random: Random::new(42), scanned: 0, round: 0 }
    }

    /// Returns the first key of a shape.
    fn of(&self, shape: usize) -> u32 {
        (self.room * 10 * shape) as u32
    }

    fn zipf(&mut self) -> u32 {
        self.zipf.key(&mut self.random)
    }

    fn round(&mut self) -> u32 {
        self.round += 1;
        self.of(1) + (self.round % (self.room + self.room / 10)) as u32
    }

    fn shifting(&mut self, request: usize) -> u32 {
        let hot = self.room / 10 * 8;
        let sets = self.room * 10 / hot;
        let key = if self.random.part() < 0.9 {
            request / (self.room * 10) % sets * hot + self.random.below(hot)
        } else {
            self.random.below(self.room * 10)
        };
        self.of(2) + key as u32
    }

    fn either(&mut self) -> u32 {
        if self.random.part() < 0.5 { self.zipf() } else { self.round() }
    }

    fn polluted(&mut self, request: usize) -> u32 {
        if request % (self.room * 3 / 2) < self.room {
            return self.zipf();
        }
        self.scanned += 1;
        self.of(3) + self.scanned
    }
}
