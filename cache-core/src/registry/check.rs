//! What the compiler cannot see: all of it together, before the first request.

use std::fmt;

use super::unused::unused;
use super::{Registry, Site, global, isolated, sites, unread};
use crate::error::Error;
use crate::key::pattern;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(String);

/// Everything that [`check`] found.
///
/// ```
/// # use cache_core::__private::larder;
/// # use cache_core::__private;
/// # __private::site!("day", "example:day:<name>");
/// # __private::site!("today", "example:day:today");
/// // #[cached(key = "example:day:<name>")]
/// // fn day(name: &str) -> String { … }
/// // #[cached(key = "example:day:today")]
/// // fn today() -> String { … }
/// let Err(problems) = larder::check() else { panic!("two patterns meet") };
/// let sentences: Vec<String> = problems.all().iter().map(ToString::to_string).collect();
/// assert!(sentences.iter().any(|sentence| sentence.contains("begin one of them with another word")));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Returns the problems, one by one.
    #[must_use]
    pub fn all(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} found by larder::check():", count(self.0.len()))?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  - {problem}"))
    }
}

/// As it is told: a program that returns them from `main` prints this.
impl fmt::Debug for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn count(problems: usize) -> String {
    if problems == 1 { "one problem".to_owned() } else { format!("{problems} problems") }
}

impl std::error::Error for Problems {}

/// Looks at every annotated place of the program for what the compiler cannot see.
///
/// A cache that nobody configured, a cache whose misspelt name keeps it from being used, a configuration that lies there and
/// was not read, a value that cannot go where its cache lives, two patterns whose keys can meet.
/// A cache that no function uses, and whose name is not nearly one that a function uses and nobody describes, may be used by
/// hand: it is no problem, and the log names it.
///
/// Call it when the program starts, after its caches are installed, and in a test.
///
/// ```
/// # use cache_core::__private::larder;
/// # use cache_core::__private;
/// # __private::site!("user", "example:user:<name>");
/// # __private::site!("me", "example:user:me");
/// // #[cached(key = "example:user:<name>")]
/// // fn user(name: &str) -> String { … }
/// // #[cached(key = "example:user:me")]
/// // fn me() -> String { … }
/// let problems = larder::check().unwrap_err();
/// assert!(problems.to_string().contains("`example:user:<name>` meets `example:user:me`"));
/// ```
///
/// # Errors
///
/// All problems together, with file and line of each place.
pub fn check() -> Result<(), Problems> {
    let sites: Vec<_> = sites().collect();
    let problems: Vec<_> = match isolated() {
        Some(registry) => all_problems(&sites, &registry),
        None => match global() {
            Ok(registry) => {
                let unread = unread::by_the_program().map(Problem);
                unread.into_iter().chain(all_problems(&sites, registry)).collect()
            }
            Err(error) => vec![Problem(error.to_string())],
        },
    };
    if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) }
}

fn all_problems(sites: &[&'static Site], registry: &Registry) -> Vec<Problem> {
    let mut sites = sites.to_vec();
    sites.sort_by_key(|site| (site.file(), site.line(), site.name()));
    let homes = sites.iter().filter_map(|site| home_problem(site, registry));
    homes.chain(meetings(&sites)).chain(unused_problems(&sites, registry)).collect()
}

/// Finds caches whose names were surely misspelt. Others that no place uses may be used by hand: the log names them.
fn unused_problems(sites: &[&'static Site], registry: &Registry) -> Vec<Problem> {
    let (wrong, fine): (Vec<_>, Vec<_>) = unused(sites, registry).into_iter().partition(|one| one.mistake().is_some());
    for cache in fine {
        log::info!(target: "larder", "the cache `{}` is used by no annotated function", cache.name());
    }
    wrong.iter().filter_map(|cache| cache.mistake().map(Problem)).collect()
}

fn home_problem(site: &Site, registry: &Registry) -> Option<Problem> {
    let cache = match site.resolve(registry) {
        Ok(cache) => cache,
        Err(error) => return Some(unknown(site, &error)),
    };
    let (what, word) = site.needs().filter(|_| cache.is_outside())?;
    Some(Problem(format!(
        "{site} {what} (`{word}`), and its cache `{}` lives outside; remove `{word}`, or name a cache in memory",
        cache.name()
    )))
}

fn unknown(site: &Site, error: &Error) -> Problem {
    Problem(format!("{site}: {error}"))
}

/// Finds pairs of places in one cache whose keys can be the same: they would overwrite each other's entries.
fn meetings(sites: &[&'static Site]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, site) in sites.iter().enumerate() {
        for other in &sites[index + 1..] {
            if share_a_cache(site, other) && pattern::can_meet(site.pattern(), other.pattern()) {
                problems.push(meeting(site, other));
            }
        }
    }
    problems
}

fn share_a_cache(site: &Site, other: &Site) -> bool {
    // Pages are kept under their URLs.
    let are_keys = !site.is_page() && !other.is_page();
    are_keys && site.cache_name() == other.cache_name() && site.own_version() == other.own_version()
}

fn meeting(site: &Site, other: &Site) -> Problem {
    Problem(format!(
        "{site} and {other} can have the same key: `{}` meets `{}`; neither reads the other's values, but they \
         overwrite each other; begin one of them with another word",
        site.pattern(),
        other.pattern()
    ))
}
