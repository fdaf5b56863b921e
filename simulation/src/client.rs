//! Those who call: each reads and changes, rests, and leaves in the middle now and then.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use cache_core::cache::Cache;
use cache_core::key::Key;
use cache_core::policy::Options;

use crate::node::Up;
use crate::plan::Plan;
use crate::tally::Fault;
use crate::truth::{Changing, Failed, Truth, Value, Way};
use crate::world::{Answer, Nanos, World, lock};

/// Who calls on a node.
#[derive(Clone)]
pub struct Client {
    /// The world.
    pub world: Arc<World>,
    /// What it was planned to do.
    pub plan: Arc<Plan>,
    /// What is true.
    pub truth: Arc<Truth>,
    /// Its node.
    pub up: Up,
}

/// Stands for the run of a value that was written by hand.
pub const NO_RUN: u64 = u64::MAX;

impl Client {
    /// Makes its calls.
    pub async fn run(self) {
        for _ in 0..self.plan.calls {
            let rest = self.draw(|draws| draws.below(self.plan.rest + 1));
            self.world.sleep(rest).await;
            let leaves = self.draw(|draws| draws.chance(self.plan.leaving).then(|| draws.below(20_000_000)));
            match leaves {
                None => self.call().await,
                Some(after) => {
                    let sleep = self.world.sleep(after);
                    if !(Leaving { call: pin!(self.call()), sleep }).await {
                        lock(&self.truth.tally).count(Fault::Left);
                        self.world.tell(|| format!("a caller leaves on n{}", self.up.life.node));
                    }
                }
            }
        }
    }

    fn draw<T>(&self, draw: impl FnOnce(&mut crate::draw::Draws) -> T) -> T {
        self.world.draw(draw)
    }

    async fn call(&self) {
        let (changes, key, kind) =
            self.draw(|draws| (draws.chance(self.plan.changing), draws.place(self.plan.sites.len()), draws.below(100)));
        match (changes, kind) {
            (false, 0..80) => self.load(key).await,
            (false, _) => self.look(key).await,
            (true, 0..55) => self.delete(key).await,
            (true, 55..75) => self.withdraw(key).await,
            (true, 75..90) => self.set(key).await,
            (true, _) => self.clear().await,
        }
    }

    fn key(&self, key: usize) -> Key {
        let name = Key::from(format!("k{key}").as_str());
        match self.plan.sites[key].tag {
            None => name,
            Some(tag) => name.tagged([format!("t{tag}").as_str()]),
        }
    }

    fn cache(&self, key: usize) -> Cache {
        if self.plan.sites[key].is_within { (*self.up.cache.namespace("ns")).clone() } else { self.up.cache.clone() }
    }

    /// Asks for a value, and loads it where it is not there.
    pub async fn load(&self, key: usize) {
        let calling = self.truth.begin_call(self.up.life, key);
        self.world.tell(|| format!("n{} is asked for k{key}", self.up.life.node));
        let begun = calling.begun;
        let (cache, options): (_, Options) = (self.cache(key), self.plan.sites[key].options);
        let body = || self.body(key, begun);
        let answer = cache.try_get_or_load_shared(self.key(key), options, body).await;
        self.truth.count_answer(self.up.life);
        match answer {
            Ok(value) => calling.answered(Some(&value), true),
            Err(Failed) => calling.answered(None, true),
        }
    }

    /// Asks for a value, and returns it, if its body did not fail.
    pub async fn answer(&self, key: usize) -> Option<Value> {
        let begun = self.world.now();
        let body = || self.body(key, begun);
        let answer = self.cache(key).try_get_or_load_shared(self.key(key), self.plan.sites[key].options, body).await;
        self.truth.count_answer(self.up.life);
        answer.ok()
    }

    async fn body(&self, key: usize, call: Nanos) -> Result<Value, Failed> {
        let run = self.truth.begin_run(self.up.life, key, call);
        let (before, after, fails) = self.draw(|draws| {
            (draws.below(self.plan.body + 1), draws.below(self.plan.body + 1), draws.chance(self.plan.failing))
        });
        let begun = self.world.now();
        self.world.sleep(before).await;
        let read = match self.plan.sites[key].of {
            None => Ok(self.truth.version(key)),
            Some(of) => self.part(of, begun).await.map(|part| part.version),
        };
        self.world.sleep(after).await;
        match read {
            Ok(version) if !fails => Ok(Value { version, run: run.number() }),
            _ => {
                self.truth.fails(self.up.life, key);
                Err(Failed)
            }
        }
    }

    /// Asks for a value for a body that has begun at this time.
    async fn part(&self, key: usize, begun: Nanos) -> Result<Value, Failed> {
        let calling = self.truth.begin_part(self.up.life, key, begun);
        self.world.tell(|| format!("a body on n{} asks for k{key}", self.up.life.node));
        let (now, options) = (self.world.now(), self.plan.sites[key].options);
        let body = || Box::pin(self.body(key, now));
        let answer = self.cache(key).try_get_or_load_shared(self.key(key), options, body).await;
        self.truth.count_answer(self.up.life);
        calling.answered(answer.as_ref().ok(), false);
        answer
    }

    /// Asks for a value, if it is there.
    pub async fn look(&self, key: usize) {
        let calling = self.truth.begin_call(self.up.life, key);
        self.world.tell(|| format!("n{} is asked for k{key}, if it is there", self.up.life.node));
        let found = self.cache(key).get::<Value>(self.key(key)).await;
        if found.is_ok() {
            self.truth.count_answer(self.up.life);
        }
        calling.answered(found.ok().flatten().as_ref(), false);
    }

    /// Deletes a value, and then what is made of it, from the bottom up.
    async fn delete(&self, key: usize) {
        let key = self.plan.root(key);
        let wholes = self.wholes_of(key);
        if !self.truth.are_free(&wholes) {
            return self.load(key).await;
        }
        self.truth.change_source(&wholes);
        let (own, all) = self.begin_names(&wholes);
        self.world.tell(|| format!("n{} deletes k{key}", self.up.life.node));
        let ended = self.cache(key).delete(self.key(key)).await;
        self.world.tell(|| format!("n{} has deleted k{key}: {ended:?}", self.up.life.node));
        own.end(ended.is_ok());
        all.end(self.delete_wholes(&wholes).await && ended.is_ok());
    }

    /// Returns a site that reads the source, and all that is made of it.
    fn wholes_of(&self, key: usize) -> Vec<usize> {
        self.plan.with_wholes(|other, _| other == key)
    }

    /// Begins a change of the first of these, and one of all of them.
    fn begin_names(&self, keys: &[usize]) -> (Changing, Changing) {
        let begin = |way, keys| self.truth.begin_change(self.up.life, way, keys);
        (begin(Way::Name, &keys[..1]), begin(Way::Chain, keys))
    }

    /// Deletes all but the first of these, each after what it is made of, and returns whether that was done.
    async fn delete_wholes(&self, keys: &[usize]) -> bool {
        let mut is_done = true;
        for key in &keys[1..] {
            self.world.tell(|| format!("n{} deletes k{key}, which was made of it", self.up.life.node));
            let ended = self.cache(*key).delete(self.key(*key)).await;
            self.world.tell(|| format!("n{} has deleted k{key}: {ended:?}", self.up.life.node));
            is_done &= ended.is_ok();
        }
        is_done
    }

    /// Invalidates the tag of a key, or its namespace, and with it what is made of what has that; the key itself, where it has
    /// neither.
    async fn withdraw(&self, key: usize) {
        let key = self.plan.root(key);
        let site = self.plan.sites[key];
        let node = self.up.life.node;
        let keys = match site.tag {
            Some(tag) => self.plan.with_wholes(|_, site| site.tag == Some(tag)),
            None if site.is_within => self.plan.with_wholes(|_, site| site.is_within),
            None => return self.delete(key).await,
        };
        if !self.truth.are_free(&keys) {
            return self.load(key).await;
        }
        self.truth.change_source(&keys);
        let changing = self.truth.begin_change(self.up.life, Way::Tag, &keys);
        let ended = match site.tag {
            Some(tag) => {
                self.world.tell(|| format!("n{node} invalidates the tag t{tag}"));
                let ended = self.up.registry.invalidate_tag(&Key::from(format!("t{tag}").as_str())).await;
                self.world.tell(|| format!("n{node} has invalidated the tag t{tag}: {ended:?}"));
                ended.is_ok()
            }
            None => {
                self.world.tell(|| format!("n{node} invalidates the namespace"));
                let ended = self.up.cache.namespace("ns").invalidate().await;
                self.world.tell(|| format!("n{node} has invalidated the namespace: {ended:?}"));
                ended.is_ok()
            }
        };
        changing.end(ended);
    }

    async fn set(&self, key: usize) {
        let key = self.plan.root(key);
        let wholes = self.wholes_of(key);
        // Two who write one key at once leave either value: whoever does that for good has a lock at its source.
        let Some(_turn) = self.truth.turn(key) else { return self.delete(key).await };
        self.truth.change_source(&wholes);
        let (own, all) = self.begin_names(&wholes);
        let value = Value { version: self.truth.version(key), run: NO_RUN };
        self.world.tell(|| format!("n{} sets k{key} to version {}", self.up.life.node, value.version));
        let ended = self.cache(key).set(self.key(key), value, self.plan.sites[key].options).await;
        self.world.tell(|| format!("n{} has set k{key}: {ended:?}", self.up.life.node));
        own.end(ended.is_ok());
        all.end(self.delete_wholes(&wholes).await && ended.is_ok());
    }

    async fn clear(&self) {
        let keys: Vec<_> = (0..self.plan.sites.len()).collect();
        if !self.truth.are_free(&keys) {
            return self.load(0).await;
        }
        self.truth.change_source(&keys);
        let changing = self.truth.begin_change(self.up.life, Way::Clear, &keys);
        self.world.tell(|| format!("n{} clears its cache", self.up.life.node));
        let ended = self.up.cache.clear().await;
        self.world.tell(|| format!("n{} has cleared its cache: {ended:?}", self.up.life.node));
        changing.end(ended.is_ok());
    }
}

/// A call whose caller leaves after a time; says whether it has ended before.
struct Leaving<'a, F> {
    call: Pin<&'a mut F>,
    sleep: Answer<()>,
}

impl<F: Future<Output = ()>> Future for Leaving<'_, F> {
    type Output = bool;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<bool> {
        if self.call.as_mut().poll(context).is_ready() {
            return Poll::Ready(true);
        }
        Pin::new(&mut self.sleep).poll(context).map(|()| false)
    }
}
