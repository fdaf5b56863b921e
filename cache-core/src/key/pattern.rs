//! Whether the keys of two patterns can meet.

use std::collections::HashSet;

use crate::key::alphabet;

/// Returns whether some text is a key of both patterns.
///
/// It never says no where they can meet. It may say yes where they cannot: it knows what any value can read like, and
/// not what the types of these places are.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::key::pattern::can_meet;
///
/// assert!(can_meet("user:<name>", "user:me"));
/// assert!(!can_meet("user:<id>", "user:<id>:posts"));
/// assert!(!can_meet("a:<x>", "b:<x>"));
/// ```
#[must_use]
pub fn can_meet(a: &str, b: &str) -> bool {
    Search::new(parse(a), parse(b)).run()
}

/// Returns what every key of a pattern begins with, as far as that is sure: a key that is too long keeps its beginning.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::key::pattern::start;
///
/// assert_eq!(start("user:<id>:posts"), "user:");
/// assert_eq!(start("<tenant>:front"), "");
/// ```
#[must_use]
pub fn start(pattern: &str) -> String {
    const SURE: usize = 100;
    let literal = parse(pattern).into_iter().map_while(|step| match step {
        Step::Literal(byte) => Some(char::from(byte)),
        Step::Place => None,
    });
    literal.take_while(char::is_ascii_graphic).take(SURE).collect()
}

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A byte of literal text.
    Literal(u8),
    /// A place: scalar text, or scalar text and then a bracket that is closed again.
    Place,
}

/// Reads a pattern. What the macros would refuse is read as what can meet the most.
fn parse(pattern: &str) -> Vec<Step> {
    let mut steps = Vec::with_capacity(pattern.len());
    let mut rest = pattern.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = match (byte, after) {
            (b'<' | b'>', [next, after @ ..]) if next == byte => {
                steps.push(Step::Literal(*byte));
                after
            }
            (b'<', _) => {
                steps.push(Step::Place);
                let end = after.iter().position(|byte| *byte == b'>').map_or(after.len(), |at| at + 1);
                &after[end..]
            }
            _ => {
                steps.push(Step::Literal(*byte));
                after
            }
        };
    }
    steps
}

/// Where one pattern stands: at a step, and within so many brackets of its place.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Position {
    step: usize,
    depth: usize,
}

impl Position {
    const START: Self = Self { step: 0, depth: 0 };

    fn next(self) -> Self {
        Self { step: self.step + 1, depth: 0 }
    }
}

/// A walk through both patterns at once, byte by byte of a text that both could have written.
struct Search {
    patterns: [Vec<Step>; 2],
    seen: HashSet<[Position; 2]>,
    open: Vec<[Position; 2]>,
    deepest: usize,
}

/// Bytes that stand for all others where both patterns are in a place: places treat the rest of their kind alike.
const EACH_KIND: &[u8] = b"a,<>";

impl Search {
    fn new(a: Vec<Step>, b: Vec<Step>) -> Self {
        let brackets = |steps: &[Step]| steps.iter().filter(|step| **step == Step::Literal(b'<')).count();
        // A bracket that both read in a place and both close again can be left out of the text. One that is not left
        // out is literal in one of them, or is the one bracket with which a place begins.
        let deepest = brackets(&a) + brackets(&b) + 2;
        Self { patterns: [a, b], seen: HashSet::new(), open: Vec::new(), deepest }
    }

    fn run(mut self) -> bool {
        self.visit([Position::START; 2]);
        while let Some(at) = self.open.pop() {
            if self.is_end(at) {
                return true;
            }
            self.skip_places(at);
            for byte in self.bytes_at(at) {
                self.read(at, byte);
            }
        }
        false
    }

    fn step(&self, pattern: usize, at: Position) -> Option<Step> {
        self.patterns[pattern].get(at.step).copied()
    }

    fn is_end(&self, at: [Position; 2]) -> bool {
        (0..2).all(|pattern| self.step(pattern, at[pattern]).is_none())
    }

    fn visit(&mut self, at: [Position; 2]) {
        if at.iter().all(|position| position.depth <= self.deepest) && self.seen.insert(at) {
            self.open.push(at);
        }
    }

    /// Leaves a place that has no open bracket: what it reads may be empty, and may end anywhere.
    fn skip_places(&mut self, at: [Position; 2]) {
        for pattern in 0..2 {
            if self.step(pattern, at[pattern]) == Some(Step::Place) && at[pattern].depth == 0 {
                let mut next = at;
                next[pattern] = at[pattern].next();
                self.visit(next);
            }
        }
    }

    /// Returns the bytes that are worth trying: those that a literal asks for, or one of each kind.
    fn bytes_at(&self, at: [Position; 2]) -> Vec<u8> {
        let literal = (0..2).find_map(|pattern| match self.step(pattern, at[pattern]) {
            Some(Step::Literal(byte)) => Some(byte),
            _ => None,
        });
        literal.map_or_else(|| EACH_KIND.to_vec(), |byte| vec![byte])
    }

    fn read(&mut self, at: [Position; 2], byte: u8) {
        let [a, b] = [0, 1].map(|pattern| after(self.step(pattern, at[pattern]), at[pattern], byte));
        if let (Some(a), Some(b)) = (a, b) {
            self.visit([a, b]);
        }
    }
}

/// Returns where a pattern stands after this byte; `None` when it cannot have written it here.
fn after(step: Option<Step>, at: Position, byte: u8) -> Option<Position> {
    match (step?, at.depth, byte) {
        (Step::Literal(literal), _, _) => (literal == byte).then(|| at.next()),
        (Step::Place, depth, b'<') => Some(Position { depth: depth + 1, ..at }),
        (Step::Place, 0, b'>') => None,
        (Step::Place, 1, b'>') => Some(at.next()),
        (Step::Place, depth, b'>') => Some(Position { depth: depth - 1, ..at }),
        (Step::Place, 1.., b',' | b'=') => Some(at),
        (Step::Place, _, _) => (byte == b'%' || alphabet::VALUE.run(&[byte]) == 1).then_some(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meet(a: &str, b: &str) -> bool {
        let answer = can_meet(a, b);
        assert_eq!(answer, can_meet(b, a), "{a} and {b} the other way round");
        answer
    }

    #[test]
    fn a_place_meets_text_that_it_could_read() {
        assert!(meet("user:<name>", "user:me"));
        assert!(meet("user:<name>", "user:"));
        assert!(meet("user:<name>", "user:a%3Ab"));
        assert!(meet("user:<id>", "user:<name>"));
        assert!(meet("<a>:<b>", "user:<id>"));
        assert!(meet("<a>", ""));
    }

    #[test]
    fn separators_in_literals_keep_patterns_apart() {
        assert!(!meet("user:<id>", "user:<id>:posts"));
        assert!(!meet("a:<x>", "b:<x>"));
        assert!(!meet("<a>:<b>", "<a>:<b>:<c>"));
        assert!(!meet("<a>/<b>", "<a>:<b>"));
        assert!(!meet("user:<name>", "user:a:b"));
        assert!(!meet("user:<name>", "users:<name>"));
        assert!(!meet("app::load:<a>", "app::load:<a>,<b>"));
    }

    #[test]
    fn texts_without_places_meet_themselves_only() {
        assert!(meet("all", "all"));
        assert!(!meet("all", "al"));
        assert!(!meet("", "all"));
        assert!(meet("", ""));
    }

    #[test]
    fn a_literal_around_a_place_counts() {
        assert!(meet("v<a>", "<a>v"));
        assert!(!meet("v<a>:", "w<a>:"));
        assert!(meet("a<x>c:1", "<y>bc:1"));
    }

    #[test]
    fn literal_brackets_can_be_what_a_place_writes() {
        assert!(meet("k:<x>", "k:<<<a>,<b>>>"));
        assert!(meet("k:<x>", "k:Circle<<<a>=1>>"));
        assert!(!meet("k:<x>", "k:<<<a>:<b>>>"), "a colon is escaped in every value");
        assert!(!meet("k:<x>", "k:<<<a>"), "a value closes what it opens");
        assert!(!meet("k:<x>", "k:<<<a>>>b"), "nothing follows a closed bracket");
        assert!(meet("k:<<<<<x>>>>>", "k:<<<y>>>"));
        assert!(!meet("k:>><x>", "k:<y>"));
    }

    #[test]
    fn brackets_of_two_places_can_be_shifted_against_each_other() {
        assert!(meet("<<<a>,<b>>>", "<<<c>,<d>>>"));
        assert!(meet("<a>,<b>", "<c>,<d>"));
        assert!(meet("<<<a>,x>>", "<b>"));
        assert!(meet("<<<<<a>,>>,x>>", "<<<b>,x>>"));
        assert!(!meet("<<<a>,<b>>>,x", "<c>"));
    }

    #[test]
    fn what_the_macros_refuse_is_still_answered() {
        assert!(meet("a:<", "a:x"));
        assert!(meet("a:>", "a:>>"));
        assert!(meet("<>", "x"));
    }

    #[test]
    fn long_patterns_with_many_places_are_answered_at_once() {
        let many = "<<<a>,<b>>>:".repeat(12);
        assert!(meet(&many, &many));
        assert!(!meet(&many, &format!("{many}x")));
    }
}
