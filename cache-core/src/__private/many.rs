//! One call of a function that is asked for many: a look for each, and one body for those that are missing.

use std::collections::HashMap;
use std::future::Future;

use super::call::{Call, Miss};
use super::found::{Found, IdOf, Many, Names};
use super::outcome::Outcome;
use crate::cache::{Batch, Round, RunningRound};
use crate::executor::block_on;
use crate::key::KeyWriter;

/// A call that is answered when all that it asked for is there, or is known to be missing.
///
/// Whoever has it runs the body for what [`next`](Self::next) says, as often as it says something, and then
/// [finishes](Self::finish).
#[must_use = "the body is only run by whoever has this"]
pub struct Calls<R: Many<KIND>, T, const KIND: u8> {
    /// All that is asked for, in its order, with what there is so far.
    slots: Vec<(IdOf<R, KIND>, Option<ValueOf<R, KIND>>)>,
    missing: Vec<Missing<T>>,
    batch: Batch<Option<ValueOf<R, KIND>>, R::Error>,
    round: Option<Round<Option<ValueOf<R, KIND>>, R::Error>>,
    failed: Option<R::Error>,
}

type ValueOf<R, const KIND: u8> = <<R as Many<KIND>>::Found as Found>::Value;

/// What was not simply there.
struct Missing<T> {
    one: T,
    /// Its place among all.
    slot: usize,
}

impl<V, E, One: Outcome<KIND, Kept = Option<V>, Error = E>, const KIND: u8> Call<One, KIND> {
    /// Looks for each; `tag` gives what will be kept its tags.
    pub fn many<'a, R, T>(
        self,
        all: impl IntoIterator<Item = &'a T>,
        write: impl Fn(&T, &mut KeyWriter<'_>),
        tag: impl Fn(&T, Miss<One, KIND>) -> Miss<One, KIND>,
    ) -> Calls<R, T, KIND>
    where
        R: Many<KIND, One = One, Error = E>,
        R::Found: Found<Value = V>,
        T: Clone + Names<IdOf<R, KIND>> + 'a,
    {
        let all = all.into_iter();
        let mut slots: Vec<(IdOf<R, KIND>, _)> = Vec::with_capacity(all.size_hint().0);
        let (mut missing, mut places) = (Vec::<Missing<T>>::new(), HashMap::<_, Vec<usize>>::new());
        let (mut batch, mut failed, mut is_bypassed) = (Batch::new(), None, false);
        for one in all {
            let key = || self.key(&|key| write(one, key));
            // Others may have the same entry, and be answered by what is loaded for the first of them: those are none of these.
            let is_there = |slots: &[(IdOf<R, KIND>, _)], same: &Vec<usize>| {
                let id = one.id();
                same.iter().any(|slot| slots[*slot].0 == id)
            };
            if !missing.is_empty() && places.get(&key()).is_some_and(|same| is_there(&slots, same)) {
                continue;
            }
            match self.look_among(&mut is_bypassed, |key| write(one, key)).map(One::split) {
                Ok(Ok(value)) => slots.push((one.id(), value)),
                Ok(Err(error)) => {
                    failed = Some(error);
                    break;
                }
                Err(miss) => {
                    batch.add(missing.len(), tag(one, miss).0);
                    places.entry(key()).or_default().push(slots.len());
                    missing.push(Missing { one: one.clone(), slot: slots.len() });
                    slots.push((one.id(), None));
                }
            }
        }
        Calls { slots, missing, batch, round: None, failed }
    }
}

impl<R: Many<KIND>, T: Clone, const KIND: u8> Calls<R, T, KIND> {
    /// Says what the body is to run for.
    pub async fn next(&mut self) -> Option<Vec<T>> {
        if self.failed.is_some() {
            return None;
        }
        let next = self.batch.next().await;
        for (place, value) in self.batch.take_found() {
            self.note(place, value);
        }
        match next {
            Ok(round) => self.round = round,
            Err(error) => self.failed = Some(error),
        }
        let round = self.round.as_ref()?;
        Some(round.places().map(|place| self.missing[place].one.clone()).collect())
    }

    pub fn next_blocking(&mut self) -> Option<Vec<T>> {
        block_on(self.next())
    }

    /// Runs the body, and keeps what it returns.
    pub async fn run<Fut: Future<Output = R>>(&mut self, body: Fut) {
        let Some(round) = self.round.take() else { return };
        let (round, returned) = RunningRound::new(round, Box::pin(body)).await;
        self.end(round, returned).await;
    }

    /// Does the same on this thread.
    pub fn run_blocking(&mut self, body: impl FnOnce() -> R) {
        let Some(round) = self.round.take() else { return };
        let inside = round.enter();
        let returned = body();
        drop(inside);
        block_on(self.end(round, Some(returned)));
    }

    /// Returns all that there is.
    pub fn finish(self) -> R {
        if let Some(error) = self.failed {
            return R::join(Err(error));
        }
        let found = self.slots.into_iter().filter_map(|(id, value)| Some((id, value?)));
        R::join(Ok(R::Found::gather(found)))
    }

    fn note(&mut self, place: usize, value: Option<ValueOf<R, KIND>>) {
        self.slots[self.missing[place].slot].1 = value;
    }

    async fn end(&mut self, round: Round<Option<ValueOf<R, KIND>>, R::Error>, returned: Option<R>) {
        let values = returned.map(|returned| {
            let mut index = returned.split()?.index();
            let take = |place: usize| R::Found::take(&mut index, &self.slots[self.missing[place].slot].0);
            Ok(round.places().map(take).collect())
        });
        match round.end(values).await {
            Ok(values) => values.into_iter().for_each(|(place, value)| self.note(place, value)),
            Err(error) => self.failed = Some(error),
        }
    }
}
