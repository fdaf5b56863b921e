//! Those who read, and compare each answer with what is true.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::history::{Asked, Moment};
use crate::judge::{Choice, Expected, Judge};
use crate::line::{Answer, Line, Request};
use crate::pages::{self, Shown};
use crate::promise::SECOND;
use crate::random::Random;
use crate::soak::{Part, Person, Soak};
use crate::writers::{TAGS, THEMES};

/// Nobody waits longer for an answer.
pub const LIMIT: Moment = 8 * SECOND;

/// How many bodies somebody remembers.
const REMEMBERED: usize = 200;

pub struct Reader<'a> {
    soak: &'a Soak,
    random: Random,
    lines: Vec<Line>,
    /// By who asks and what for: the tag and the body that they have.
    had: HashMap<(i64, String), (String, String)>,
    /// By address and tag, the digest of the body: no tag stands for two.
    tags: HashMap<(String, String), u64>,
}

/// What is asked, and what is to come.
pub struct Question {
    pub kind: &'static str,
    pub path: String,
    pub want: Want,
}

pub enum Want {
    Html(Expected),
    Json(Expected),
    /// One of these, whatever is in it.
    Status(&'static [u16]),
}

impl<'a> Reader<'a> {
    pub fn new(soak: &'a Soak, number: u64) -> Self {
        let lines = soak.fleet.nodes.iter().map(|_| Line::default()).collect();
        let random = Random::of(soak.seed, 1_000 + number);
        Self { soak, random, lines, had: HashMap::new(), tags: HashMap::new() }
    }

    /// Reads until it is over, so many times a second at most.
    pub fn read_on(&mut self, a_second: f64) {
        let (mut begun, mut count) = (self.soak.now(), 0_u32);
        while !self.soak.is_over() {
            self.read_something();
            count += 1;
            let due = Duration::from_secs_f64(f64::from(count) / a_second);
            let spent = Duration::from_micros(self.soak.now() - begun);
            if let Some(early) = due.checked_sub(spent) {
                self.soak.pause(early);
            } else if spent > due + Duration::from_secs(2) {
                // What was missed while others were waited for is not made up for.
                (begun, count) = (self.soak.now(), 0);
            }
        }
    }

    fn read_something(&mut self) {
        let who = if self.random.one_in(2) { self.random.pick(&self.soak.people) } else { None };
        let cookie = who.and_then(|who| if self.random.one_in(12) { who.old_cookie() } else { who.cookie() });
        let who = who.filter(|_| cookie.is_some());
        let Some(question) = self.question(who) else { return self.soak.pause(Duration::from_millis(50)) };
        let node = self.random.below(self.soak.fleet.nodes.len());
        self.ask(node, who, cookie, &question);
    }

    fn question(&mut self, who: Option<&Person>) -> Option<Question> {
        let draw = self.random.below(100);
        let random = &mut self.random;
        let there = self.soak.truth.known().there();
        let question = |kind, path, want| Some(Question { kind, path, want });
        match draw {
            0..30 => {
                let (number, id) = *random.pick(&there)?;
                question("post", format!("/posts/{id}"), Want::Html(Expected::Post(number)))
            }
            30..36 => {
                let (number, id) = *random.pick(&there)?;
                question("api", format!("/api/posts/{id}"), Want::Json(Expected::Post(number)))
            }
            36..40 => {
                let (number, id) = *random.pick(&there)?;
                question("api", format!("/api/posts/{id}/comments"), Want::Json(Expected::Comments(number)))
            }
            40..66 => {
                let mut choice = Choice { is_first: true, ..Choice::default() };
                let mut parts = Vec::new();
                if random.one_in(3) {
                    let writers: Vec<_> = self.soak.people.iter().filter(|who| who.part == Part::Writer).collect();
                    choice.author = random.pick(&writers).map(|who| who.id);
                    parts.extend(choice.author.map(|author| format!("author={author}")));
                }
                if random.one_in(3) {
                    choice.tag = random.pick(&TAGS).map(|tag| (*tag).to_owned());
                    parts.extend(choice.tag.iter().map(|tag| format!("tag={tag}")));
                }
                if random.one_in(4) {
                    choice.is_first = false;
                    parts.push(format!("page={}", 2 + random.below(2)));
                }
                let is_api = random.one_in(5);
                if random.one_in(3) && !is_api {
                    // Nobody reads it.
                    parts.push(format!("from=poison{}", random.below(50)));
                }
                let query = parts.join("&");
                if is_api {
                    return question("api", format!("/api/posts?{query}"), Want::Json(Expected::Posts(choice)));
                }
                question("list", format!("/?{query}"), Want::Html(Expected::Posts(choice)))
            }
            66..74 => {
                let text = (*random.pick(&THEMES)?).to_owned();
                let path = format!("/search?q={text}");
                let choice = Choice { text: Some(text), is_first: true, ..Choice::default() };
                question("search", path, Want::Html(Expected::Posts(choice)))
            }
            74..86 => match who {
                Some(who) => question("dashboard", "/dashboard".into(), Want::Html(Expected::Dashboard(who.id))),
                None => question("dashboard", "/dashboard".into(), Want::Status(&[303])),
            },
            86..90 => question("missing", format!("/posts/{}", 9_000_000 + random.below(500)), Want::Status(&[404])),
            90..93 => question("login", "/login".into(), Want::Status(&[200, 304])),
            93..95 => question("style", "/style.css".into(), Want::Status(&[200])),
            95..97 => match who.map(|who| who.part) {
                Some(Part::Editor) => question("panel", "/larder".into(), Want::Status(&[200, 303, 308])),
                _ => question("panel", "/larder".into(), Want::Status(&[404])),
            },
            _ => {
                let known = self.soak.truth.known();
                let gone = known.live.iter().filter_map(|number| {
                    let post = &known.posts[number];
                    post.history.last().is_none().then_some((*number, post.id?))
                });
                let gone: Vec<_> = gone.collect();
                drop(known);
                let (number, id) = *random.pick(&gone)?;
                question("missing", format!("/posts/{id}"), Want::Html(Expected::Post(number)))
            }
        }
    }

    /// Asks one process, and looks at what comes.
    pub fn ask(&mut self, node: usize, who: Option<&Person>, cookie: Option<String>, question: &Question) {
        let place = &self.soak.fleet.nodes[node];
        let (life, Some(address)) = (place.life(), place.address()) else {
            return self.soak.pause(Duration::from_millis(20));
        };
        let mut request = Request::get(question.path.clone()).by(cookie);
        let key = (who.map_or(0, |who| who.id), question.path.clone());
        if self.random.one_in(2)
            && let Some((tag, _)) = self.had.get(&key)
        {
            request = request.with("if-none-match", tag.clone());
        }
        let is_part = self.random.one_in(40);
        if self.random.one_in(40) {
            request.method = "HEAD";
        } else if is_part {
            request = request.with("range", "bytes=5-104");
        }
        if self.random.one_in(8) {
            request = request.with("accept-encoding", "gzip, br").with("x-forwarded-host", "poison.test");
        }
        let kind = match request.method {
            "HEAD" => "HEAD",
            _ if is_part => "range",
            _ if request.headers.iter().any(|(name, _)| *name == "if-none-match") => "conditional",
            _ => question.kind,
        };
        self.soak.tally.asked(kind);
        let begun = self.soak.now();
        let outcome = self.lines[node].ask(address, &request);
        let asked = Asked { of: node, begun, ended: self.soak.now() };
        let outcome = match outcome {
            Ok(answer) => self.look(asked, who, &request, question, &answer).map_err(|why| (why, answer.told())),
            Err(error) => self.unanswered(life, node, &error).map_err(|why| (why, String::new())),
        };
        if let Err((why, told)) = outcome {
            let (name, life) = (place.program, place.life());
            let person = who.map_or("a stranger".to_owned(), |who| format!("{} ({})", who.login, who.id));
            let request = request.text().replace("\r\n", "; ");
            let Asked { begun, ended, .. } = asked;
            self.soak.wrong(&format!(
                "{why}\nasked of process {node} ({name}, life {life}) from {begun} to {ended} µs by {person}: {request}\n\
                 What came: {told}"
            ));
        }
    }

    /// An answer may stay away where its process was killed, and nowhere else.
    fn unanswered(&mut self, life: u64, node: usize, error: &io::Error) -> Result<(), String> {
        self.lines[node] = Line::default();
        let place = &self.soak.fleet.nodes[node];
        if place.life() == life && place.address().is_some() {
            return Err(format!("no answer, or half of one: {error}"));
        }
        self.soak.tally.counts().unanswered += 1;
        Ok(())
    }

    fn look(
        &mut self,
        asked: Asked,
        who: Option<&Person>,
        request: &Request,
        question: &Question,
        answer: &Answer,
    ) -> Result<(), String> {
        let is_hit = answer.is_hit();
        if is_hit {
            self.soak.fleet.nodes[asked.of].hits.fetch_add(1, Ordering::Relaxed);
        }
        let is_troubled = self.note(asked, answer, is_hit);
        if asked.ended - asked.begun > LIMIT {
            return Err(format!("it took {} ms", (asked.ended - asked.begun) / 1000));
        }
        if answer.status >= 500 {
            return Err("an error that nobody is promised".into());
        }
        for secret in pages::secrets(&answer.body) {
            let own = who.map(|who| format!("secret-u{}-", who.id));
            if own.is_none_or(|own| !secret.starts_with(&own)) {
                return Err(format!("it has the word {secret}, which is somebody else's"));
            }
        }
        if answer.body.contains("poison") {
            return Err("it has what somebody else sent in a part of the request that tells no pages apart".into());
        }
        let cookie = request.cookie.as_deref();
        let body = match answer.status {
            _ if request.method == "HEAD" => {
                // actix answers it only where a route says so.
                let wanted: &[u16] = &[200, 303, 304, 308, 404];
                return if wanted.contains(&answer.status) { Ok(()) } else { Err("a status of its own".into()) };
            }
            304 => {
                let had = self.had.get(&(who.map_or(0, |who| who.id), question.path.clone()));
                let sent = request.headers.iter().find(|(name, _)| *name == "if-none-match").map(|(_, tag)| tag);
                let had = had.filter(|(tag, _)| Some(tag) == sent);
                had.map(|(_, body)| body.clone()).ok_or("a 304 for who has nothing")?
            }
            206 => return self.part(question, answer),
            _ => answer.body.clone(),
        };
        if answer.status == 200 {
            self.remember(who, question, answer)?;
        }
        let (age, what) = self.judge(asked, question, answer.status, &body, cookie)?;
        let mut counts = self.soak.tally.counts();
        counts.compared += u64::from(!matches!(question.want, Want::Status(_)));
        counts.old += u64::from(age > 0);
        if is_troubled {
            counts.oldest_in_trouble = age.max(counts.oldest_in_trouble);
        } else if age > counts.oldest {
            let (status, path) = (answer.header("cache-status").unwrap_or("not of a cache"), &question.path);
            counts.oldest = age;
            counts.oldest_was = format!("{what} at {path} of process {} at {} µs: {status}", asked.of, asked.begun);
        }
        Ok(())
    }

    /// Counts, and returns whether there is or was trouble about.
    fn note(&self, asked: Asked, answer: &Answer, is_hit: bool) -> bool {
        let known = self.soak.truth.known();
        let about = 5 * SECOND;
        let is_troubled = known.recent_troubles().iter().any(|trouble| {
            trouble.kind.is_outage()
                && trouble.from <= asked.ended
                && trouble.until.is_none_or(|until| until + about >= asked.begun)
        });
        drop(known);
        let mut counts = self.soak.tally.counts();
        *counts.statuses.entry(answer.status).or_default() += 1;
        counts.hits += u64::from(is_hit);
        let slowest = if is_troubled { &mut counts.slowest_in_trouble } else { &mut counts.slowest };
        *slowest = (asked.ended - asked.begun).max(*slowest);
        is_troubled
    }

    /// Looks whether a part is one of the body that this tag stands for.
    fn part(&self, question: &Question, answer: &Answer) -> Result<(), String> {
        let Some(tag) = answer.header("etag") else { return Ok(()) };
        let of_it = self.had.iter().find(|((_, path), (known, _))| *path == question.path && known == tag);
        match of_it {
            Some((_, (_, body))) if body.as_bytes().get(5..105) != Some(answer.body.as_bytes()) => {
                Err("a part that is none of the body with this tag".into())
            }
            _ => Ok(()),
        }
    }

    fn remember(&mut self, who: Option<&Person>, question: &Question, answer: &Answer) -> Result<(), String> {
        let Some(tag) = answer.header("etag").map(str::to_owned) else { return Ok(()) };
        let mut digest = DefaultHasher::new();
        answer.body.hash(&mut digest);
        let digest = digest.finish();
        if self.tags.len() > 20_000 {
            self.tags.clear();
        }
        let before = self.tags.insert((question.path.clone(), tag.clone()), digest);
        if before.is_some_and(|before| before != digest) {
            return Err(format!("two bodies with the one tag {tag}"));
        }
        if self.had.len() > REMEMBERED {
            self.had.clear();
        }
        self.had.insert((who.map_or(0, |who| who.id), question.path.clone()), (tag, answer.body.clone()));
        Ok(())
    }

    fn judge(
        &self,
        asked: Asked,
        question: &Question,
        status: u16,
        body: &str,
        cookie: Option<&str>,
    ) -> Result<(Moment, String), String> {
        // A write that this may be older than was heard by the others a while ago.
        let stall = self.soak.tally.stall_since(asked.begun.saturating_sub(3 * SECOND));
        let known = self.soak.truth.known();
        let mut judge = Judge::new(&known, self.soak.promise.where_threads_wait(stall), asked);
        let is_there = matches!(status, 200 | 304);
        match &question.want {
            Want::Status(wanted) if wanted.contains(&status) => return Ok((0, String::new())),
            Want::Html(Expected::Dashboard(_)) if status == 303 => judge.session(cookie, false)?,
            Want::Html(Expected::Post(number)) | Want::Json(Expected::Post(number)) if status == 404 => {
                judge.missing(*number)?;
            }
            Want::Html(expected @ Expected::Posts(_)) if status == 404 => {
                judge.page(expected, &Shown::List { posts: Vec::new(), has_more: false }, cookie)?;
            }
            Want::Html(expected) if is_there => {
                let read = match expected {
                    Expected::Post(_) => pages::detail,
                    Expected::Dashboard(_) => pages::dashboard,
                    Expected::Posts(_) | Expected::Comments(_) => pages::list,
                };
                judge.page(expected, &read(body).ok_or("it is no whole page")?, cookie)?;
            }
            Want::Json(expected) if is_there => {
                let read = match expected {
                    Expected::Post(_) => pages::api_post,
                    Expected::Comments(_) => pages::api_comments,
                    Expected::Posts(_) | Expected::Dashboard(_) => pages::api_list,
                };
                judge.page(expected, &read(body).ok_or("it is no whole answer")?, cookie)?;
            }
            Want::Html(_) | Want::Json(_) | Want::Status(_) => return Err(format!("a status of its own: {status}")),
        }
        Ok((judge.age, judge.oldest))
    }
}
