//! Judges an answer by what is known.

use crate::history::{Asked, History, Moment, Span, Verdict, Write, meet};
use crate::pages::{Comment, Post, Shown};
use crate::promise::{self, Promise};
use crate::truth::{Known, PostLine, Words};

/// Which posts a page is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub author: Option<i64>,
    pub tag: Option<String>,
    pub text: Option<String>,
    /// Whether it is the first page, on which none may be missing.
    pub is_first: bool,
}

impl Choice {
    /// Returns whether a post with these words is invalidated together with what is chosen.
    fn is_for(&self, words: &Words) -> bool {
        self.tag.as_ref().is_none_or(|tag| words.tags.contains(tag))
    }

    fn has(&self, post: &PostLine, words: &Words) -> bool {
        let text =
            |text: &String| words.title.contains(text) || words.paragraphs.iter().any(|line| line.contains(text));
        self.author.is_none_or(|author| author == post.author)
            && self.is_for(words)
            && self.text.as_ref().is_none_or(text)
    }
}

/// What somebody expects to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    Post(u64),
    Posts(Choice),
    Dashboard(i64),
    Comments(u64),
}

/// Judges one answer.
pub struct Judge<'a> {
    known: &'a Known,
    promise: Promise,
    asked: Asked,
    /// How old the oldest thing in it is.
    pub age: Moment,
    /// What that is.
    pub oldest: String,
    /// When those things can have been so that were read together.
    together: Vec<Span>,
}

type Wrong = String;

impl<'a> Judge<'a> {
    pub fn new(known: &'a Known, promise: Promise, asked: Asked) -> Self {
        Self { known, promise, asked, age: 0, oldest: String::new(), together: Vec::new() }
    }

    /// Judges a page, which `cookie` was sent for.
    pub fn page(&mut self, expected: &Expected, shown: &Shown, cookie: Option<&str>) -> Result<(), Wrong> {
        match (expected, shown) {
            (Expected::Post(number), Shown::Detail { post, comments, visitor }) => {
                self.post(post, Some(*number))?;
                self.read_together("the post")?;
                self.comments_of(*number, comments)?;
                self.visitor(visitor.as_deref(), cookie)
            }
            (Expected::Post(number), Shown::List { posts, .. }) => {
                let [post] = &posts[..] else { return Err("it shows not one post".into()) };
                self.post(post, Some(*number))?;
                self.read_together("the post")
            }
            (Expected::Posts(choice), Shown::List { posts, has_more }) => self.list(choice, posts, *has_more),
            (Expected::Comments(number), Shown::Comments(comments)) => self.comments_of(*number, comments),
            (Expected::Dashboard(person), Shown::Dashboard { name, posts, comments }) => {
                self.session(cookie, true)?;
                self.name(*person, name)?;
                // Who somebody is was read before the page.
                self.together.clear();
                let own = posts.iter().map(|(id, title)| Post { id: *id, title: title.clone(), ..Post::default() });
                let own: Vec<_> = own.collect();
                let choice = Choice { author: Some(*person), is_first: true, ..Choice::default() };
                self.list(&choice, &own, false)?;
                for comment in comments {
                    self.comment(comment)?;
                }
                self.read_together("what others say")
            }
            _ => Err("it is another page".into()),
        }
    }

    /// Judges that a post is said not to be there.
    pub fn missing(&mut self, number: u64) -> Result<(), Wrong> {
        let post = &self.known.posts[&number];
        self.so(&post.history, Option::is_none, || format!("that post {number} is not there"))
    }

    /// Judges that somebody is let in, or is not.
    pub fn session(&mut self, cookie: Option<&str>, is_open: bool) -> Result<(), Wrong> {
        match cookie.and_then(|cookie| self.known.sessions.get(cookie)) {
            Some((_, history)) => {
                self.so(history, |state| *state == is_open, || format!("a session that is open: {is_open}"))
            }
            None if is_open => Err("somebody is let in who has no session".into()),
            None => Ok(()),
        }
    }

    fn visitor(&mut self, shown: Option<&str>, cookie: Option<&str>) -> Result<(), Wrong> {
        self.session(cookie, shown.is_some())?;
        let person = cookie.and_then(|cookie| self.known.sessions.get(cookie)).map(|(person, _)| *person);
        match (shown, person) {
            (Some(name), Some(person)) => self.name(person, name),
            (Some(name), None) => Err(format!("a stranger is called {name}")),
            (None, _) => Ok(()),
        }
    }

    fn list(&mut self, choice: &Choice, posts: &[Post], has_more: bool) -> Result<(), Wrong> {
        if !posts.is_sorted_by(|one, next| one.id > next.id) {
            return Err("the posts are in no order".into());
        }
        for post in posts {
            let number = self.post_in(post, None, |words| choice.is_for(words))?;
            let line = &self.known.posts[&number];
            let is_meant = |words: &Option<Words>| {
                words.as_ref().is_some_and(|words| words.title == post.title && choice.has(line, words))
            };
            if !line.history.states().iter().any(|(words, _)| is_meant(words)) {
                return Err(format!("{} is none of those that were asked for", post.title));
            }
        }
        self.read_together("the list")?;
        if !choice.is_first {
            return Ok(());
        }
        let last = posts.last().filter(|_| has_more).map_or(0, |post| post.id);
        for number in &self.known.live {
            let line = &self.known.posts[number];
            if line.id.is_some_and(|id| id > last) && posts.iter().all(|post| Some(post.id) != line.id) {
                let is_elsewhere = |words: &Option<Words>| words.as_ref().is_none_or(|words| !choice.has(line, words));
                let is_for = |words: &Option<Words>| words.as_ref().is_some_and(|words| choice.is_for(words));
                let concerns = |before: &_, after: &_| is_for(before) || is_for(after);
                self.so_in(&line.history, is_elsewhere, concerns, || format!("that post {number} is not among those"))?;
            }
        }
        self.together.clear();
        Ok(())
    }

    /// Judges a post, and returns its number.
    fn post(&mut self, post: &Post, expected: Option<u64>) -> Result<u64, Wrong> {
        self.post_in(post, expected, |_| true)
    }

    /// Judges it as a part of a list that has the posts which `has` says: a write between two that are not in there is none to it.
    fn post_in(&mut self, post: &Post, expected: Option<u64>, has: impl Fn(&Words) -> bool) -> Result<u64, Wrong> {
        let number = number_of(&post.title, 'p').ok_or_else(|| format!("nobody has called a post {:?}", post.title))?;
        let line = self.known.posts.get(&number).ok_or_else(|| format!("there never was a post {number}"))?;
        if expected.is_some_and(|expected| expected != number) || line.id.is_some_and(|id| id != post.id) {
            return Err(format!("{} stands where another post should, at {}", post.title, post.id));
        }
        let fits = |words: &Option<Words>| {
            words.as_ref().is_some_and(|words| {
                let shown = post.paragraphs.len();
                words.title == post.title
                    && post.tags.as_ref().is_none_or(|tags| *tags == words.tags)
                    && words.paragraphs.get(..shown).is_some_and(|lines| lines == post.paragraphs)
                    && (!post.has_all || shown == words.paragraphs.len())
            })
        };
        let is_there = |words: &Option<Words>| words.as_ref().is_some_and(&has);
        let concerns = |before: &_, after: &_| is_there(before) || is_there(after);
        self.so_in(&line.history, fits, concerns, || format!("post {number} as {:?}", post.title))?;
        if let Some((author, name)) = &post.author {
            if *author != line.author {
                return Err(format!("{} is not by {name}", post.title));
            }
            self.name(*author, name)?;
        }
        Ok(number)
    }

    fn comments_of(&mut self, post: u64, comments: &[Comment]) -> Result<(), Wrong> {
        let mut shown = Vec::new();
        for comment in comments {
            let number = self.comment(comment)?;
            if self.known.comments.get(&number).is_some_and(|line| line.post != post) {
                return Err(format!("{} was said about another post", comment.text));
            }
            shown.push(number);
        }
        self.read_together("the comments")?;
        let line = &self.known.posts[&post];
        for number in line.comments.iter().filter(|number| !shown.contains(number)) {
            let Some(comment) = self.known.comments.get(number) else { continue };
            // With its post it goes.
            if line.history.last().is_some() {
                self.so(&comment.history, |is_there| !is_there, || format!("that comment {number} is not there"))?;
            }
        }
        self.together.clear();
        Ok(())
    }

    fn comment(&mut self, comment: &Comment) -> Result<u64, Wrong> {
        let number = number_of(&comment.text, 'c').ok_or_else(|| format!("nobody has said {:?}", comment.text))?;
        // Those of posts that are long gone are not remembered: the title of the post is.
        if let Some(line) = self.known.comments.get(&number) {
            if line.author != comment.author.0 {
                return Err(format!("{} is not by {}", comment.text, comment.author.1));
            }
            self.so(&line.history, |is_there| *is_there, || format!("comment {number}"))?;
        }
        self.name(comment.author.0, &comment.author.1)?;
        if let Some((id, title)) = &comment.on {
            self.post(&Post { id: *id, title: title.clone(), ..Post::default() }, None)?;
        }
        Ok(number)
    }

    fn name(&mut self, person: i64, name: &str) -> Result<(), Wrong> {
        let history = self.known.names.get(&person).ok_or_else(|| format!("there is nobody of number {person}"))?;
        self.so(history, |known| known == name, || format!("person {person} as {name:?}"))
    }

    /// Judges that something is as it is shown.
    fn so<S: std::fmt::Debug>(
        &mut self,
        history: &History<S>,
        fits: impl Fn(&S) -> bool,
        what: impl Fn() -> String,
    ) -> Result<(), Wrong> {
        self.so_in(history, fits, |_, _| true, what)
    }

    /// Judges the same of something that not every write is about.
    fn so_in<S: std::fmt::Debug>(
        &mut self,
        history: &History<S>,
        fits: impl Fn(&S) -> bool,
        concerns: impl Fn(&S, &S) -> bool,
        what: impl Fn() -> String,
    ) -> Result<(), Wrong> {
        let allowed = |write: &Write| self.promise.allowed(write, self.asked, self.known.recent_troubles());
        let is_lost = |write: &Write| promise::is_lost(write, &self.known.troubles);
        let (verdict, span) = history.judge(fits, concerns, self.asked, allowed, is_lost);
        let why = match verdict {
            Verdict::Fine { age } => {
                if age > self.age {
                    (self.age, self.oldest) = (age, what());
                }
                self.together.extend(span);
                return Ok(());
            }
            Verdict::Old { age, allowed } => {
                format!("it was over for {} ms, and {} ms are allowed", age / 1000, allowed / 1000)
            }
            Verdict::Never => "it never was so until then".to_owned(),
        };
        let states = history.states();
        let last: Vec<_> =
            states[states.len().saturating_sub(6)..].iter().map(|state| format!("  {state:?}")).collect();
        Err(format!("it shows {}: {why}. What was written last:\n{}", what(), last.join("\n")))
    }

    fn read_together(&mut self, what: &str) -> Result<(), Wrong> {
        let spans = std::mem::take(&mut self.together);
        if meet(&spans) { Ok(()) } else { Err(format!("there was no moment at which {what} was like this: {spans:?}")) }
    }
}

/// Returns the number in a text that begins with a letter and it: `p12.3 plum` has 12.
fn number_of(text: &str, letter: char) -> Option<u64> {
    text.strip_prefix(letter)?.split(['.', ' ']).next()?.parse().ok()
}

#[cfg(test)]
mod tests;
