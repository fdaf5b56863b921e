//! Which keys there are, some at a time.

use super::Cache;
use super::home::Backing;
use crate::error::{Error, Kind};
use crate::executor::block_on;
use crate::key::Key;
use crate::store::Place;

/// A walk over the keys of a cache. From [`Cache::keys`].
#[derive(Debug)]
#[must_use = "nothing is asked before the next keys are"]
pub struct Keys {
    cache: Cache,
    start: Box<str>,
    at: At,
}

/// How far a walk has come.
#[derive(Debug)]
enum At {
    Memory(Place),
    Outside(Option<Vec<u8>>),
    End,
}

impl Cache {
    /// Goes on with a walk at the place that it has told; see [`Keys::place`].
    ///
    /// # Errors
    ///
    /// When no walk over this cache can have told such a place.
    pub fn keys_from(&self, start: &str, place: &str) -> Result<Keys, Error> {
        let at = match (&self.home().backing, place.split_once('-')) {
            (Backing::Memory(_), Some(("m", rest))) => Place::read(rest).map(At::Memory),
            (Backing::Outside(_), Some(("o", rest))) => bytes_of_hex(rest).map(|behind| At::Outside(Some(behind))),
            _ => None,
        };
        let at =
            at.ok_or_else(|| Error::configuration(format!("`{place}` is no place in a walk over `{}`", self.name())))?;
        Ok(Keys { at, ..self.keys(start) })
    }

    /// Walks over all keys that begin so; an empty text is the beginning of all. For a person who looks; a program keeps
    /// its own list.
    ///
    /// What is there from beginning to end is told, by a store outside perhaps twice; and what is kept, or goes,
    /// meanwhile may be told or not. In a namespace these are its own keys; the keys of the cache have its mark in
    /// front of them.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Key, Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// for key in ["post:1", "post:2", "author:7"] {
    ///     cache.blocking().set(key, 1_u8, Options::ttl(60))?;
    /// }
    /// let (mut walk, mut posts) = (cache.keys("post:"), Vec::new());
    /// while let Some(keys) = walk.next_blocking()? {
    ///     posts.extend(keys);
    /// }
    /// posts.sort_by_key(Key::to_string);
    /// assert_eq!(posts, ["post:1".into(), "post:2".into()]);
    /// # Ok::<(), larder::Error>(())
    /// ```
    pub fn keys(&self, start: &str) -> Keys {
        let at = match self.home().backing {
            Backing::Memory(_) => At::Memory(Place::default()),
            Backing::Outside(_) => At::Outside(None),
            Backing::Null => At::End,
        };
        Keys { cache: self.clone(), start: format!("{}{start}", self.own_start()).into(), at }
    }
}

impl Keys {
    /// Returns some more of the keys; `None` behind the last. There may be no key among them, and more behind them.
    ///
    /// # Errors
    ///
    /// When the store fails; the next question asks for the same keys again. [`Kind::Unsupported`] where it cannot tell
    /// what it keeps, as Memcached cannot, and where a function joins names, which nobody can take apart.
    pub async fn next(&mut self) -> Result<Option<Vec<Key>>, Error> {
        let Some(scope) = self.cache.scope().text() else { return Err(joined(self.cache.name())) };
        match (&mut self.at, &self.cache.home().backing) {
            (At::Memory(place), Backing::Memory(store)) => {
                let (keys, next) = store.list(self.cache.scope(), &self.start, *place);
                self.at = next.map_or(At::End, At::Memory);
                Ok(Some(keys.iter().filter_map(|key| self.own(key)).collect()))
            }
            (At::Outside(_), Backing::Outside(outside)) if !outside.capabilities().lists => {
                Err(unlisted(self.cache.name()))
            }
            (At::Outside(behind), Backing::Outside(outside)) => {
                let found = outside.list(&format!("{scope}{}", self.start), behind.as_deref()).await?;
                let keys = found.names.iter().filter_map(|name| {
                    let text = std::str::from_utf8(name).ok()?.strip_prefix(scope)?;
                    self.own(&Key::reading(text)?)
                });
                let keys = keys.collect();
                self.at = found.next.map_or(At::End, |next| At::Outside(Some(next)));
                Ok(Some(keys))
            }
            _ => Ok(None),
        }
    }

    /// Returns where this walk has come to, for [`Cache::keys_from`] to go on with, perhaps later; `None` at its
    /// beginning and behind the last.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// for number in 0..1000 {
    ///     cache.blocking().set(format!("post:{number}"), number, Options::ttl(60))?;
    /// }
    /// let (mut seen, mut walk) = (0, cache.keys("post:"));
    /// while let Some(keys) = walk.next_blocking()? {
    ///     seen += keys.len();
    ///     let Some(place) = walk.place() else { break };
    ///     walk = cache.keys_from("post:", &place)?;
    /// }
    /// assert_eq!(seen, 1000);
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn place(&self) -> Option<String> {
        match &self.at {
            At::Memory(place) if *place == Place::default() => None,
            At::Memory(place) => Some(format!("m-{place}")),
            At::Outside(behind) => Some(format!("o-{}", hex_of(behind.as_deref()?))),
            At::End => None,
        }
    }

    /// Does the same as [`next`](Self::next) for callers who block.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next).
    pub fn next_blocking(&mut self) -> Result<Option<Vec<Key>>, Error> {
        block_on(self.next())
    }

    /// Returns the key as it is called in the namespace that is walked over.
    fn own(&self, key: &Key) -> Option<Key> {
        Key::kept(key.mark(), key.as_str().strip_prefix(self.cache.own_start())?.as_bytes())
    }
}

fn hex_of(bytes: &[u8]) -> String {
    let digit = |digit: u8| char::from_digit(u32::from(digit), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<_>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok()).collect()
}

fn unlisted(cache: &str) -> Error {
    let sentence = format!(
        "the keys of `{cache}` cannot be told: its store has no list of them. Memory, files, databases and Redis have one"
    );
    Error::new(Kind::Unsupported, sentence)
}

fn joined(cache: &str) -> Error {
    let sentence = format!("the keys of `{cache}` cannot be told: a function joins them with its prefix and version");
    Error::new(Kind::Unsupported, sentence)
}
