//! [`Questions`]: who waits for which answer.

use std::collections::VecDeque;
use std::mem;
use std::task::{Poll, Waker};

use cache_core::error::Error;

/// What a question hears.
pub(super) type Heard<A> = Result<Answers<A>, Error>;

#[derive(Debug)]
pub(super) enum Answers<A> {
    One(A),
    Many(Vec<A>),
}

/// Who waits for which answer, in the order in which they asked.
///
/// Each who waits has a slot of a table that is used again and again, so that a question allocates nothing.
#[derive(Debug)]
pub(super) struct Questions<A> {
    slots: Vec<Slot<A>>,
    free: Vec<usize>,
    order: VecDeque<Asked>,
    asked: u64,
}

#[derive(Debug)]
struct Asked {
    slot: usize,
    left: usize,
}

#[derive(Debug)]
enum Slot<A> {
    Free,
    One(Waker),
    Many(Waker, Vec<A>),
    Told(Heard<A>),
    /// Nobody waits any more, but the answer will come.
    Left,
}

/// An answer that nobody has asked for.
#[derive(Debug)]
pub(super) struct Unasked;

impl<A> Default for Questions<A> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: Vec::new(), order: VecDeque::new(), asked: 0 }
    }
}

impl<A> Questions<A> {
    /// Puts a question with so many answers behind the others, and returns its slot.
    pub(super) fn ask(&mut self, count: usize, waker: Waker) -> usize {
        let state = if count == 1 { Slot::One(waker) } else { Slot::Many(waker, Vec::with_capacity(count)) };
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::Free);
            self.slots.len() - 1
        });
        self.slots[slot] = state;
        self.order.push_back(Asked { slot, left: count });
        self.asked += 1;
        slot
    }

    /// Hands an answer to the oldest question. Who is to be woken for that is put to the others.
    pub(super) fn answer(&mut self, answer: A, woken: &mut Vec<Waker>) -> Result<(), Unasked> {
        let Asked { slot, left } = self.order.front_mut().ok_or(Unasked)?;
        *left -= 1;
        let (slot, is_last) = (*slot, *left == 0);
        if is_last {
            self.order.pop_front();
        }
        match &mut self.slots[slot] {
            Slot::Many(_, answers) => answers.push(answer),
            Slot::One(_) => {
                self.tell(slot, Some(Ok(Answers::One(answer))), woken);
                return Ok(());
            }
            Slot::Left | Slot::Free | Slot::Told(_) => {}
        }
        if is_last {
            self.tell(slot, None, woken);
        }
        Ok(())
    }

    /// Ends the waiting in a slot: with this, or with all that was gathered in it.
    fn tell(&mut self, slot: usize, heard: Option<Heard<A>>, woken: &mut Vec<Waker>) {
        let (waker, gathered) = match mem::replace(&mut self.slots[slot], Slot::Free) {
            Slot::One(waker) => (waker, Vec::new()),
            Slot::Many(waker, answers) => (waker, answers),
            Slot::Left | Slot::Free | Slot::Told(_) => {
                self.free.push(slot);
                return;
            }
        };
        self.slots[slot] = Slot::Told(heard.unwrap_or(Ok(Answers::Many(gathered))));
        woken.push(waker);
    }

    /// Ends the waiting of the so many oldest.
    pub(super) fn fail(&mut self, oldest: usize, error: &Error, woken: &mut Vec<Waker>) {
        for _ in 0..oldest {
            let Some(Asked { slot, .. }) = self.order.pop_front() else { return };
            self.tell(slot, Some(Err(error.clone())), woken);
        }
    }

    /// Takes what was told; where nothing was, notes who is to be woken.
    pub(super) fn poll(&mut self, slot: usize, waker: &Waker) -> Poll<Heard<A>> {
        match &mut self.slots[slot] {
            Slot::One(known) | Slot::Many(known, _) => {
                known.clone_from(waker);
                Poll::Pending
            }
            told => match mem::replace(told, Slot::Free) {
                Slot::Told(heard) => {
                    self.free.push(slot);
                    Poll::Ready(heard)
                }
                _ => unreachable!("a slot is asked by the one who waits in it, until he was told"),
            },
        }
    }

    /// Takes note that the one who waits in a slot has left it.
    pub(super) fn leave(&mut self, slot: usize) {
        match mem::replace(&mut self.slots[slot], Slot::Left) {
            Slot::One(_) | Slot::Many(..) => {}
            Slot::Told(_) | Slot::Free | Slot::Left => {
                self.slots[slot] = Slot::Free;
                self.free.push(slot);
            }
        }
    }

    /// Returns how many questions there ever were.
    pub(super) fn asked(&self) -> u64 {
        self.asked
    }

    /// Returns how many wait for an answer, with those whose callers have left.
    pub(super) fn open(&self) -> usize {
        self.order.len()
    }

    /// Returns how many were answered.
    pub(super) fn answered(&self) -> u64 {
        self.asked - self.order.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use cache_core::error::Kind;

    use super::*;

    fn ask(questions: &mut Questions<u8>, count: usize) -> usize {
        questions.ask(count, Waker::noop().clone())
    }

    fn heard(questions: &mut Questions<u8>, slot: usize) -> Option<Vec<u8>> {
        match questions.poll(slot, Waker::noop()) {
            Poll::Ready(Ok(Answers::One(answer))) => Some(vec![answer]),
            Poll::Ready(Ok(Answers::Many(answers))) => Some(answers),
            Poll::Ready(Err(error)) => panic!("{error}"),
            Poll::Pending => None,
        }
    }

    #[test]
    fn answers_go_to_those_who_asked_in_their_order() {
        let (mut questions, mut woken) = (Questions::default(), Vec::new());
        let [one, two, three] = [1, 2, 1].map(|count| ask(&mut questions, count));
        for answer in 1..=3 {
            questions.answer(answer, &mut woken).unwrap();
        }
        assert_eq!((woken.len(), questions.open()), (2, 1));
        assert_eq!(heard(&mut questions, two), Some(vec![2, 3]));
        assert_eq!(heard(&mut questions, one), Some(vec![1]));
        assert_eq!(heard(&mut questions, three), None);
    }

    #[test]
    fn what_one_who_left_would_have_heard_is_thrown_away() {
        let (mut questions, mut woken) = (Questions::default(), Vec::new());
        let [one, many, last] = [1, 2, 1].map(|count| ask(&mut questions, count));
        questions.leave(one);
        questions.leave(many);
        for answer in 1..=4 {
            questions.answer(answer, &mut woken).unwrap();
        }
        assert_eq!((heard(&mut questions, last), woken.len()), (Some(vec![4]), 1));
        assert!(questions.answer(5, &mut woken).is_err());
    }

    #[test]
    fn slots_are_used_again_and_never_by_two() {
        let (mut questions, mut woken) = (Questions::default(), Vec::new());
        for _ in 0..100 {
            let [stays, leaves, late] = [1, 1, 1].map(|count| ask(&mut questions, count));
            questions.leave(leaves);
            for answer in 1..=3 {
                questions.answer(answer, &mut woken).unwrap();
            }
            questions.leave(late);
            assert_eq!(heard(&mut questions, stays), Some(vec![1]));
        }
        assert_eq!((questions.slots.len(), questions.free.len()), (3, 3));
    }

    #[test]
    fn a_failure_is_told_to_the_oldest_and_the_others_go_on() {
        let (mut questions, mut woken) = (Questions::<u8>::default(), Vec::new());
        let [left, old, young] = [1, 2, 1].map(|count| ask(&mut questions, count));
        questions.leave(left);
        questions.fail(2, &Error::new(Kind::Store, "away"), &mut woken);
        assert!(matches!(questions.poll(old, Waker::noop()), Poll::Ready(Err(_))));
        questions.answer(9, &mut woken).unwrap();
        assert_eq!((heard(&mut questions, young), questions.answered()), (Some(vec![9]), 3));
    }
}
