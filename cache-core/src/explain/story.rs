//! What is told of all that was asked, and of one question.

use super::{Done, Found, Kept};

/// All that one piece of work has asked of caches, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Story {
    /// What it has asked itself. What the bodies asked that it ran stands inside of these.
    pub asked: Vec<Asked>,
    /// How many questions found no room in the story: it has some for a thousand.
    pub left_out: usize,
}

/// One question to a cache, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asked {
    /// The annotated function or handler that has asked; `None` by hand, and for a page behind a layer.
    pub place: Option<Place>,
    /// The name of the cache.
    pub cache: String,
    /// The key, without what its cache puts before it.
    pub key: String,
    /// Whether a page was asked for.
    pub is_page: bool,
    /// What was found.
    pub found: Found,
    /// What was done then, in order. Where there was a hit, nothing.
    pub done: Vec<Done>,
    /// What became of the outcome, where a body ran.
    pub kept: Option<Kept>,
    /// What the body has asked that was run for it.
    pub inside: Vec<Asked>,
}

/// An annotated place in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The module it stands in.
    pub module: &'static str,
    /// The name of the function.
    pub name: &'static str,
    /// The file it stands in.
    pub file: &'static str,
    /// The line it stands at.
    pub line: u32,
    /// The pattern of its keys.
    pub pattern: &'static str,
}

impl Story {
    /// Returns every question, also those of bodies, each before what its body has asked.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, explain_blocking, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// let load = |key, body: &dyn Fn() -> u8| cache.blocking().get_or_load(key, Options::ttl(60), body);
    /// let (_, story) = explain_blocking(|| load("outer", &|| load("inner", &|| 1)));
    /// let keys: Vec<_> = story.all().map(|asked| &*asked.key).collect();
    /// assert_eq!((keys, story.asked.len()), (vec!["outer", "inner"], 1));
    /// ```
    pub fn all(&self) -> impl Iterator<Item = &Asked> {
        let mut left: Vec<_> = self.asked.iter().rev().collect();
        std::iter::from_fn(move || {
            let next = left.pop()?;
            left.extend(next.inside.iter().rev());
            Some(next)
        })
    }
}

impl Asked {
    /// Makes a question of which nothing is known yet.
    #[doc(hidden)]
    #[must_use]
    pub fn new(place: Option<Place>, cache: &str, key: &str) -> Self {
        let (cache, key) = (cache.to_owned(), key.to_owned());
        let (is_page, found, done, kept, inside) = (false, Found::Unknown, Vec::new(), None, Vec::new());
        Self { place, cache, key, is_page, found, done, kept, inside }
    }

    /// Says that a page is asked for.
    #[doc(hidden)]
    #[must_use]
    pub fn page(mut self) -> Self {
        self.is_page = true;
        self
    }

    /// Returns whether what was found was fresh.
    #[must_use]
    pub fn is_hit(&self) -> bool {
        self.found.is_hit()
    }

    /// Returns whether what was past its time was served.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.done.iter().any(|done| matches!(done, Done::Stale(_)))
    }
}

impl Place {
    /// Makes one. For expansions.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        module: &'static str,
        name: &'static str,
        file: &'static str,
        line: u32,
        pattern: &'static str,
    ) -> Self {
        Self { module, name, file, line, pattern }
    }
}
