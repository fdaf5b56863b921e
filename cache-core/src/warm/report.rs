//! What came of a warm-up.

use std::fmt;

use super::Said;
use crate::heat::Heat;
use crate::progress::Progress;

/// So many failures are remembered with what they said.
const FIRST: usize = 10;

/// How many parts the bar has.
const BAR: usize = 30;

/// What came of a warm-up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Calls for which a body has run.
    pub loaded: usize,
    /// Calls for which none had to: they found their value, were handed what somebody else was loading, or are none of a cached
    /// function. Where a cache is switched off, nothing is kept, and its calls count here.
    pub already: usize,
    /// Calls that failed: they returned an error, their body did, or they panicked.
    pub failed: usize,
    /// The first of those that failed.
    pub first: Vec<Failure>,
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// Its number in the list, of all that were added: the first is 1.
    pub call: usize,
    /// What it said.
    pub error: String,
}

/// How a call has ended.
pub(super) enum Ended {
    Loaded,
    Already,
    Failed(String),
}

impl Ended {
    pub(super) fn of(heat: &Heat, said: Said) -> Self {
        match said {
            Err(error) => Self::Failed(error),
            Ok(()) if heat.has_failed() => Self::Failed("its body has returned an error".to_owned()),
            Ok(()) if heat.has_loaded() => Self::Loaded,
            Ok(()) => Self::Already,
        }
    }
}

impl Report {
    fn ended(&self) -> usize {
        self.loaded + self.already + self.failed
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} loaded", self.loaded)?;
        if self.already > 0 {
            write!(f, ", {} already there", self.already)?;
        }
        if self.failed == 0 {
            return Ok(());
        }
        write!(f, ", {} failed", self.failed)?;
        for (place, Failure { call, error }) in self.first.iter().enumerate() {
            write!(f, "{} call {call}: {error}", if place == 0 { ":" } else { ";" })?;
        }
        if self.failed > self.first.len() { f.write_str("; …") } else { Ok(()) }
    }
}

/// Keeps the report, and shows how far it is.
pub(super) struct Telling {
    report: Report,
    total: Option<usize>,
    line: Option<Progress>,
    /// What was shown last, in hundredths, or hundreds where the whole is not known.
    shown: Option<usize>,
}

impl Telling {
    pub(super) fn new(total: Option<usize>, is_shown: bool) -> Self {
        let line = is_shown.then(Progress::new).filter(Progress::is_seen);
        Self { report: Report::default(), total, line, shown: None }
    }

    /// Notes how a call has ended, which programs count from 0 and people from 1.
    pub(super) fn note(&mut self, call: usize, ended: Ended) {
        match ended {
            Ended::Loaded => self.report.loaded += 1,
            Ended::Already => self.report.already += 1,
            Ended::Failed(error) => {
                self.report.failed += 1;
                if self.report.first.len() < FIRST {
                    self.report.first.push(Failure { call: call + 1, error });
                }
            }
        }
        if self.line.is_some() {
            self.show();
        }
    }

    /// Shows how far it is, where that is another hundredth.
    fn show(&mut self) {
        let ended = self.report.ended();
        let far = match self.total {
            Some(total) => ended * 100 / total.max(1),
            None => ended / 100,
        };
        if self.shown.replace(far) != Some(far)
            && let Some(line) = &mut self.line
        {
            line.tell_cut(words(&self.report, self.total));
        }
    }

    pub(super) fn end(mut self) -> Report {
        if let Some(line) = &mut self.line {
            line.end();
        }
        self.report
    }
}

fn words(report: &Report, total: Option<usize>) -> String {
    let ended = report.ended();
    let failed = if report.failed > 0 { format!(", {} failed", report.failed) } else { String::new() };
    let Some(total) = total.filter(|total| *total > 0) else { return format!("warming caches: {ended}{failed}") };
    let full = BAR * ended.min(total) / total;
    format!("warming caches: [{}{}] {ended} of {total}{failed}", "#".repeat(full), ".".repeat(BAR - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_full_as_what_has_ended_of_the_whole() {
        let bar = |ended, total| words(&Report { loaded: ended, ..Report::default() }, total);
        assert_eq!(bar(0, Some(7)), format!("warming caches: [{}] 0 of 7", ".".repeat(30)));
        assert_eq!(bar(3, Some(6)), format!("warming caches: [{}{}] 3 of 6", "#".repeat(15), ".".repeat(15)));
        assert_eq!(bar(9, Some(6)), format!("warming caches: [{}] 9 of 6", "#".repeat(30)), "its list said less");
        assert_eq!((bar(3, None), bar(3, Some(0))), ("warming caches: 3".to_owned(), "warming caches: 3".to_owned()));
    }

    #[test]
    fn the_first_ten_failures_are_told_and_how_many_there_were() {
        let mut telling = Telling::new(None, false);
        for call in 0..12 {
            telling.note(call, Ended::Failed("no".to_owned()));
        }
        telling.note(12, Ended::Already);
        let report = telling.end();
        assert_eq!((report.failed, report.first.len()), (12, 10));
        let said = report.to_string();
        assert!(said.starts_with("0 loaded, 1 already there, 12 failed: call 1: no; call 2: no;"), "{said}");
        assert!(said.ends_with("call 10: no; …"), "{said}");
    }
}
