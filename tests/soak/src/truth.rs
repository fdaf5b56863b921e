//! All that is known to be true, and was: who writes says so here, and who reads is judged by it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::history::{History, Moment};
use crate::promise::{SECOND, Trouble};

/// How long something that is gone may still be asked about. Beyond it a page that shows it is wrong, and one that does
/// not needs no look.
const REMEMBERED: Moment = 120 * SECOND;

/// What a post says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    pub title: String,
    pub paragraphs: Vec<String>,
    pub tags: Vec<String>,
}

/// A post, known by a number that the soak gives it before the blog does.
#[derive(Clone, Debug)]
pub struct PostLine {
    pub id: Option<i64>,
    pub author: i64,
    pub history: History<Option<Words>>,
    pub comments: Vec<u64>,
}

#[derive(Clone, Debug)]
pub struct CommentLine {
    pub post: u64,
    pub author: i64,
    pub history: History<bool>,
}

/// What is known.
#[derive(Default)]
pub struct Known {
    pub posts: BTreeMap<u64, PostLine>,
    /// Those that are there, or were a moment ago.
    pub live: BTreeSet<u64>,
    pub by_id: HashMap<i64, u64>,
    pub comments: BTreeMap<u64, CommentLine>,
    /// By the number of each person.
    pub names: HashMap<i64, History<String>>,
    /// By what stands in the cookie.
    pub sessions: HashMap<String, (i64, History<bool>)>,
    pub troubles: Vec<Trouble>,
    last: u64,
}

#[derive(Default)]
pub struct Truth(Mutex<Known>);

impl Truth {
    pub fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Draws the next number of something.
    pub fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Returns those troubles that may still matter.
    pub fn recent_troubles(&self) -> &[Trouble] {
        &self.troubles[self.troubles.len().saturating_sub(16)..]
    }

    /// Lets go of what was gone long ago.
    pub fn forget(&mut self, now: Moment) {
        let Self { posts, live, comments, .. } = self;
        live.retain(|number| {
            let Some(post) = posts.get(number) else { return false };
            let gone = post.history.states().last().filter(|(state, _)| state.is_none() && post.id.is_some());
            let gone = gone.and_then(|(_, write)| write.acked);
            let is_gone = gone.is_some_and(|gone| now.saturating_sub(gone) > REMEMBERED);
            if is_gone {
                for comment in &post.comments {
                    comments.remove(comment);
                }
            }
            !is_gone
        });
    }

    /// Returns the posts that are there now, with their numbers in the blog.
    pub fn there(&self) -> Vec<(u64, i64)> {
        let there = self.live.iter().filter_map(|number| {
            let post = self.posts.get(number)?;
            post.history.last().as_ref()?;
            Some((*number, post.id?))
        });
        there.collect()
    }
}
