//! Thousands of operations, drawn from a seed, beside a plain model: what comes of how they follow each other.

mod draw;
mod model;
mod steps;

use std::fmt::Debug;
use std::time::Duration;

use draw::Draw;
use model::{Fate, State, Time, Told};

use super::ground::Ground;
use super::{Case, Verdict, every};
use crate::backend::Ticket;
use crate::key::Name;

const STORIES: u64 = 6;
const STEPS: usize = 600;
/// How many steps there are, on average, until time goes by.
const UNHURRIED: usize = 100;
/// How many lines a story has that is told.
const SHORT: usize = 12;
/// How many names there are in each of two scopes.
const NAMES: usize = 5;

pub(super) const CASES: &[Case] =
    &[Case { says: "thousands of operations in any order do what a plain list would", concerns: every, run }];

fn run(ground: &Ground<'_>) -> Verdict {
    for number in 0..STORIES {
        let mut story = Story::begin(ground, number);
        for _ in 0..STEPS {
            story.step()?;
        }
    }
    Ok(())
}

struct Story<'a, 'g> {
    ground: &'a Ground<'g>,
    draw: Draw,
    names: Vec<Name>,
    fates: Vec<Fate>,
    time: Time,
    /// Whether a scope was cleared since time last went by: such a moment is as good as the one before it.
    just_cleared: bool,
    tickets: Vec<Taken>,
    lines: Vec<Line>,
}

/// A ticket, and how its name stood when it was taken.
struct Taken {
    at: usize,
    ticket: Ticket,
    changes: u64,
    doubts: u64,
    /// The store may refuse it whatever happens.
    doubtful: bool,
}

/// Something that happened, and to which names.
struct Line {
    of: Vec<usize>,
    says: String,
}

impl<'a, 'g> Story<'a, 'g> {
    fn begin(ground: &'a Ground<'g>, number: u64) -> Self {
        let name = |at: usize| {
            let scope = ground.scope(&format!("{number}.{}", at / NAMES));
            scope.name(&format!("k{at}").as_str().into())
        };
        Self {
            ground,
            draw: Draw::new(ground.seed.wrapping_add(number)),
            names: (0..2 * NAMES).map(name).collect(),
            fates: vec![Fate::new(); 2 * NAMES],
            time: Time::begin(),
            just_cleared: false,
            tickets: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// Notes what happened.
    fn tell(&mut self, of: &[usize], says: String) {
        self.lines.push(Line { of: of.to_vec(), says });
    }

    /// Notes what happened, and asks that it is what should have.
    #[expect(clippy::needless_pass_by_value, reason = "what was found is written where it is found")]
    fn note<T: PartialEq + Debug>(&mut self, of: &[usize], what: &str, found: T, wanted: Option<T>) -> Verdict {
        let answer = format!("{what}: {found:?}");
        self.tell(of, answer.clone());
        match wanted {
            Some(wanted) if wanted != found => Err(format!("{answer}, and should be {wanted:?}{}", self.told(of))),
            _ => Ok(()),
        }
    }

    /// Tells what has happened to these names, the last of it.
    fn told(&self, of: &[usize]) -> String {
        let concerns = |line: &&Line| line.of.is_empty() || line.of.iter().any(|at| of.contains(at));
        let lines: Vec<_> = self.lines.iter().filter(concerns).map(|line| line.says.as_str()).collect();
        let short = &lines[lines.len().saturating_sub(SHORT)..];
        format!(" (seed {}), after:\n      {}", self.ground.seed, short.join("\n      "))
    }

    /// Looks at how a name stands, now that an operation is over that began at `least`.
    fn state(&mut self, at: usize, least: Duration) -> State {
        let most = self.time.most();
        self.fates[at].at(least, most)
    }

    /// Returns when an entry ends that was written after `least` for so long. A store that counts whole seconds is somewhere in
    /// the midst of one, and rounds up twice: the time, and the second that it began in.
    fn ends(&self, least: Duration, time: Option<Duration>) -> Option<[Duration; 2]> {
        let rounded = |time: Duration| {
            if self.ground.capabilities.sub_second {
                return time;
            }
            Duration::from_secs(time.as_secs() + 1 + u64::from(time.subsec_nanos() > 0))
        };
        time.map(|time| [least + time, self.time.most() + rounded(time)])
    }

    fn put(&mut self, at: usize, value: Vec<u8>, time: Option<Duration>, least: Duration) {
        let ends = self.ends(least, time);
        let is_kept = time.is_none_or(|time| !time.is_zero());
        self.fates[at].change(if is_kept { State::There(Told { value, ends }) } else { State::Nothing });
    }
}
