//! What a function returns that is asked for many: each value with its key.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, Hash};

use super::outcome::Outcome;

/// Values, each with what it was asked for by.
#[diagnostic::on_unimplemented(
    message = "with `each` a function returns its values by their keys, and this is `{Self}`",
    label = "this is no map",
    note = "return `HashMap<Id, Value>`, `BTreeMap<Id, Value>` or `Vec<(Id, Value)>`, or one of them in a `Result`"
)]
pub trait Found {
    type Id: PartialEq;
    type Value;
    /// What values are taken out of by their keys.
    type Index;

    fn index(self) -> Self::Index;

    fn take(index: &mut Self::Index, id: &Self::Id) -> Option<Self::Value>;

    /// Puts together what was found, of each key once, in the order in which they were asked for.
    fn gather(pairs: impl Iterator<Item = (Self::Id, Self::Value)>) -> Self;
}

impl<K: Eq + Hash, V, S: BuildHasher + Default> Found for HashMap<K, V, S> {
    type Id = K;
    type Value = V;
    type Index = Self;

    fn index(self) -> Self {
        self
    }

    fn take(index: &mut Self, id: &K) -> Option<V> {
        index.remove(id)
    }

    fn gather(pairs: impl Iterator<Item = (K, V)>) -> Self {
        pairs.collect()
    }
}

impl<K: Ord, V> Found for BTreeMap<K, V> {
    type Id = K;
    type Value = V;
    type Index = Self;

    fn index(self) -> Self {
        self
    }

    fn take(index: &mut Self, id: &K) -> Option<V> {
        index.remove(id)
    }

    fn gather(pairs: impl Iterator<Item = (K, V)>) -> Self {
        pairs.collect()
    }
}

impl<K: Eq + Hash, V> Found for Vec<(K, V)> {
    type Id = K;
    type Value = V;
    type Index = HashMap<K, V>;

    fn index(self) -> HashMap<K, V> {
        self.into_iter().collect()
    }

    fn take(index: &mut HashMap<K, V>, id: &K) -> Option<V> {
        index.remove(id)
    }

    fn gather(pairs: impl Iterator<Item = (K, V)>) -> Self {
        let pairs: Self = pairs.collect();
        let mut seen = HashSet::with_capacity(pairs.len());
        let first: Vec<_> = pairs.iter().map(|(id, _)| seen.insert(id)).collect();
        pairs.into_iter().zip(first).filter_map(|(pair, is_first)| is_first.then_some(pair)).collect()
    }
}

/// An element that is asked for, and the key that its value has in what is returned.
#[diagnostic::on_unimplemented(
    message = "what is asked for by `{Self}` is returned by `{K}`",
    label = "this is no key of what the function returns",
    note = "let the map that is returned have the type of the elements for its keys"
)]
pub trait Names<K> {
    fn id(&self) -> K;
}

impl<K: Clone> Names<K> for K {
    fn id(&self) -> K {
        self.clone()
    }
}

impl<K: Clone> Names<K> for &K {
    fn id(&self) -> K {
        (*self).clone()
    }
}

impl Names<String> for &str {
    fn id(&self) -> String {
        (*self).to_owned()
    }
}

/// What a function that is asked for many returns, of the kinds 2 and 3 of [`Outcome`].
#[diagnostic::on_unimplemented(
    message = "with `each` a function returns its values by their keys, and this is `{Self}`",
    label = "this is no map",
    note = "return `HashMap<Id, Value>`, `BTreeMap<Id, Value>` or `Vec<(Id, Value)>`, or one of them in a `Result`"
)]
pub trait Many<const KIND: u8>: Sized {
    type Found: Found;
    type Error;
    /// What it has for one.
    type One: Outcome<KIND, Kept = Option<<Self::Found as Found>::Value>, Error = Self::Error>;

    fn split(self) -> Result<Self::Found, Self::Error>;

    fn join(outcome: Result<Self::Found, Self::Error>) -> Self;
}

/// What a function has for one that returns `R` for many.
pub type One<R, const KIND: u8> = <R as Many<KIND>>::One;

/// The keys of what such a function returns.
pub type IdOf<R, const KIND: u8> = <<R as Many<KIND>>::Found as Found>::Id;

impl<F: Found> Many<2> for F {
    type Found = F;
    type Error = std::convert::Infallible;
    type One = Option<F::Value>;

    fn split(self) -> Result<F, Self::Error> {
        Ok(self)
    }

    fn join(outcome: Result<F, Self::Error>) -> Self {
        Outcome::<0>::join(outcome)
    }
}

impl<F: Found, E> Many<3> for Result<F, E> {
    type Found = F;
    type Error = E;
    type One = Result<Option<F::Value>, E>;

    fn split(self) -> Self {
        self
    }

    fn join(outcome: Self) -> Self {
        outcome
    }
}

/// Makes one element all that is asked for, and the key that its value will have.
pub fn only<R: Many<KIND>, T: Names<IdOf<R, KIND>>, const KIND: u8>(one: T) -> (IdOf<R, KIND>, Vec<T>) {
    (one.id(), vec![one])
}

/// Takes out of what was returned for one what it was asked for.
pub fn pick<R: Many<KIND>, const KIND: u8>(returned: R, id: &IdOf<R, KIND>) -> One<R, KIND> {
    R::One::join(returned.split().map(|found| R::Found::take(&mut found.index(), id)))
}
