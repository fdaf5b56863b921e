//! Many readers who join and leave by chance: polled only when they were woken, so that a lost wake-up is a standstill.

use super::*;

enum Actor {
    Driver(Driver),
    Reader { reader: Hand<Reader>, read: Vec<u8> },
}

/// A tee in a world where everybody runs by chance.
struct World {
    chance: Chance,
    feed: Feed,
    tee: Tee,
    actors: Vec<Actor>,
    /// The frames that are still to be fed.
    frames: Vec<Bytes>,
    page: Vec<u8>,
    outcome: Option<Result<Bytes, Cut>>,
    joined: usize,
    finished: usize,
    left: usize,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let frames: Vec<_> = (0..chance.below(12)).map(|_| Bytes::from(letters(&mut chance))).collect();
        let page = frames.concat();
        let limit = chance.below(2 * page.len() + 2);
        let feed = Feed::default();
        let (tee, driver) = by_hand(feed.source(), limit as u64);
        let (actors, frames) = (vec![Actor::Driver(driver)], frames.into_iter().rev().collect());
        Self { chance, feed, tee, actors, frames, page, outcome: None, joined: 0, finished: 0, left: 0 }
    }

    /// Runs until nobody is woken any more and there is nothing left to feed.
    fn run(&mut self) {
        let mut is_fed = false;
        self.wake(0);
        loop {
            match self.chance.below(8) {
                0 if self.joined < 6 => self.join(),
                1 if !is_fed => is_fed = self.feed(),
                2 if !self.actors.is_empty() => self.leave(),
                _ => {
                    let woken: Vec<_> = (0..self.actors.len()).filter(|&at| self.is_woken(at)).collect();
                    match woken.len() {
                        0 if is_fed => return,
                        0 => is_fed = self.feed(),
                        several => {
                            let next = woken[self.chance.below(several)];
                            self.poll(next);
                        }
                    }
                }
            }
        }
    }

    fn bell(&self, at: usize) -> &Bell {
        match &self.actors[at] {
            Actor::Driver(driver) => &driver.bell,
            Actor::Reader { reader, .. } => &reader.bell,
        }
    }

    fn wake(&self, at: usize) {
        self.bell(at).0.fetch_add(1, Ordering::Relaxed);
    }

    fn is_woken(&self, at: usize) -> bool {
        self.bell(at).0.load(Ordering::Relaxed) > 0
    }

    fn feed(&mut self) -> bool {
        match self.frames.pop() {
            Some(frame) => self.feed.data(frame),
            None => self.feed.end(),
        }
        self.feed.fed().frames.back().is_some_and(Option::is_none)
    }

    fn join(&mut self) {
        let Some(reader) = self.tee.join() else {
            assert!(!matches!(self.outcome, Some(Ok(_))), "one can join what is kept");
            return;
        };
        self.joined += 1;
        self.actors.push(Actor::Reader { reader: Hand::new(reader), read: Vec::new() });
        self.wake(self.actors.len() - 1);
    }

    fn leave(&mut self) {
        let at = self.chance.below(self.actors.len());
        if let Actor::Reader { read, .. } = &self.actors[at] {
            assert!(self.page.starts_with(read));
            self.actors.swap_remove(at);
            self.left += 1;
        }
    }

    /// Polls one of them once. A reader may stop after each frame, and come again when it likes.
    fn poll(&mut self, at: usize) {
        self.bell(at).rings();
        match &mut self.actors[at] {
            Actor::Driver(driver) => {
                if let Poll::Ready(outcome) = driver.poll() {
                    self.outcome = Some(outcome);
                    self.actors.remove(at);
                }
            }
            Actor::Reader { reader, read } => match reader.poll() {
                Poll::Pending => {}
                Poll::Ready(Some(frame)) => {
                    read.extend(frame.expect("no error").into_data().expect("data"));
                    self.wake(at);
                }
                Poll::Ready(None) => {
                    assert_eq!(*read, self.page);
                    self.finished += 1;
                    self.actors.swap_remove(at);
                }
            },
        }
    }
}

fn letters(chance: &mut Chance) -> Vec<u8> {
    (0..=chance.below(9)).map(|_| b'a' + u8::try_from(chance.below(26)).expect("a letter")).collect()
}

#[test]
fn nobody_is_left_waiting_in_whatever_order_they_run() {
    let (mut kept, mut finished, mut left) = ([0; 2], 0, 0);
    for seed in 0..if cfg!(miri) { 50 } else { 20_000 } {
        let mut world = World::new(seed);
        world.run();
        assert!(world.actors.is_empty(), "seed {seed}: {} stand still", world.actors.len());
        assert_eq!(world.joined, world.finished + world.left, "seed {seed}");
        let outcome = world.outcome.expect("the driver has ended");
        match &outcome {
            Ok(whole) => assert_eq!(*whole, world.page, "seed {seed}"),
            Err(cut) => assert!(matches!(cut, Cut::TooLarge | Cut::Left), "seed {seed}: {cut:?}"),
        }
        kept[usize::from(outcome.is_ok())] += 1;
        finished += world.finished;
        left += world.left;
    }
    assert!([kept[0], kept[1], finished, left].iter().all(|seen| *seen > 10), "all of it happens");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_on_many_threads_get_the_same() {
    for seed in 0..400 {
        let mut chance = Chance::new(seed);
        let frames: Vec<_> = (0..40).map(|_| Bytes::from(letters(&mut chance))).collect();
        let page = frames.concat();
        let limit = if seed % 2 == 0 { page.len() } else { page.len() / 3 };
        let feed = Feed::default();
        let (tee, driver) = Tee::new(feed.source(), limit as u64);
        let first = tokio::spawn(read_all(tee.join().expect("one can join")));
        let driver = tokio::spawn(driver);
        let late: Vec<_> = (0..8).map(|_| tokio::spawn(join_late(tee.clone(), chance.below(40)))).collect();
        for frame in frames {
            feed.data(frame);
            tokio::task::yield_now().await;
        }
        feed.end();
        assert_eq!(first.await.expect("no panic"), page);
        for reader in late {
            let read = reader.await.expect("no panic");
            assert!(read.is_none_or(|read| read == page), "seed {seed}");
        }
        let kept = driver.await.expect("no panic");
        assert_eq!(kept, if seed % 2 == 0 { Ok(page.into()) } else { Err(Cut::TooLarge) });
    }
}

async fn join_late(tee: Tee, turns: usize) -> Option<Vec<u8>> {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
    Some(read_all(tee.join()?).await)
}

async fn read_all(mut reader: Reader) -> Vec<u8> {
    let mut read = Vec::new();
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut reader).poll_frame(context)).await {
        read.extend(frame.expect("no error").into_data().expect("data"));
    }
    read
}
