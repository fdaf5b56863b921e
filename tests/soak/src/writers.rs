//! Those who write, by the forms of the site, and note what they have written and when.

use std::io;
use std::sync::atomic::Ordering;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags, params};

use crate::Outcome;
use crate::history::{Asked, History, Moment, Verdict};
use crate::judge::Expected;
use crate::line::{Answer, Line, Request, rudely};
use crate::random::Random;
use crate::readers::{LIMIT, Question, Reader, Want};
use crate::soak::{Part, Person, Soak};
use crate::truth::{CommentLine, PostLine, Words};

pub const TAGS: [&str; 5] = ["jam", "bread", "cellar", "nuts", "syrup"];
pub const THEMES: [&str; 6] = ["plum", "quince", "walnut", "rye", "honey", "salt"];

/// How many posts somebody has at least, before some go.
const POSTS: usize = 4;
/// How many comments a post has at most.
const COMMENTS: usize = 12;

/// How long it may take until something that somebody left in the middle of is seen to have happened.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Writer<'a> {
    soak: &'a Soak,
    person: &'a Person,
    random: Random,
    database: Connection,
    /// Looks at what was written.
    reader: Reader<'a>,
}

/// How a write ended.
enum End {
    Done {
        answer: Answer,
        at: Moment,
    },
    /// Nobody heard, and it has happened, or may yet.
    Unheard,
    /// It has not happened, and never will.
    Never,
}

/// The way of a write: which process, and when it began.
struct Way {
    node: usize,
    life: u64,
    leaves: bool,
}

impl<'a> Writer<'a> {
    pub fn new(soak: &'a Soak, person: &'a Person) -> Outcome<Self> {
        let number = u64::try_from(person.id)?;
        let random = Random::of(soak.seed, 2_000 + number);
        let database = Connection::open_with_flags(&soak.database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        database.busy_timeout(Duration::from_secs(5))?;
        Ok(Self { soak, person, random, database, reader: Reader::new(soak, 3_000 + number) })
    }

    /// Writes until it is over.
    pub fn write_on(&mut self, pause: Duration) -> Outcome<()> {
        while !self.soak.is_over() {
            self.write_something()?;
            let part = 50 + u32::try_from(self.random.below(100))?;
            self.soak.pause(pause * part / 100);
        }
        Ok(())
    }

    fn write_something(&mut self) -> Outcome<()> {
        if self.person.part == Part::Quiet {
            return if self.random.one_in(2) { self.rename() } else { self.log_out_and_in() };
        }
        let own = self.own();
        match self.random.below(100) {
            _ if own.len() < POSTS => self.publish(),
            0..50 => self.edit(),
            50..80 => self.comment(),
            80..88 if own.len() > POSTS => self.delete(),
            80..94 => self.publish(),
            _ => self.rename(),
        }
    }

    fn own(&self) -> Vec<(u64, i64)> {
        let known = self.soak.truth.known();
        let there = known.there().into_iter();
        there.filter(|(number, _)| known.posts[number].author == self.person.id).collect()
    }

    fn words(&mut self, number: u64, version: usize) -> Words {
        let mut tags: Vec<_> = (0..=self.random.below(2)).filter_map(|_| self.random.pick(&TAGS)).collect();
        tags.sort_unstable();
        tags.dedup();
        let theme = self.random.pick(&THEMES).copied().unwrap_or_default();
        let title = format!("p{number}.{version} {theme} {}", self.random.word());
        let filler = "and so it went on ".repeat(self.random.below(60));
        let paragraphs = vec![format!("{title} begins"), format!("{title} {filler}goes on"), format!("{title} ends")];
        Words { title, paragraphs, tags: tags.into_iter().map(|tag| (*tag).to_owned()).collect() }
    }

    /// Picks a process that is there.
    fn way(&mut self) -> Way {
        loop {
            let node = self.random.below(self.soak.fleet.nodes.len());
            let place = &self.soak.fleet.nodes[node];
            let life = place.life();
            if place.address().is_some() {
                return Way { node, life, leaves: self.random.one_in(20) };
            }
            sleep(Duration::from_millis(20));
        }
    }

    /// Sends a form, and finds out how it ended: `is_there` says whether the database has it.
    fn send(
        &mut self,
        way: &Way,
        kind: &'static str,
        request: &Request,
        is_there: impl Fn(&Connection) -> bool,
    ) -> End {
        let place = &self.soak.fleet.nodes[way.node];
        self.soak.tally.wrote(kind);
        let begun = self.soak.now();
        let outcome = match place.address() {
            Some(address) if way.leaves => rudely(address, request.text().as_bytes(), 0, Duration::from_secs(1))
                .and(Err(io::ErrorKind::Other.into())),
            Some(address) => Line::default().ask(address, request),
            None => Err(io::ErrorKind::NotConnected.into()),
        };
        let at = self.soak.now();
        match outcome {
            Ok(answer) => {
                let mut counts = self.soak.tally.counts();
                *counts.statuses.entry(answer.status).or_default() += 1;
                drop(counts);
                if answer.status >= 500 || at - begun > LIMIT {
                    let took = (at - begun) / 1000;
                    let request = request.text().replace("\r\n", "; ");
                    let told = answer.told();
                    self.soak.wrong(&format!(
                        "a write took {took} ms or failed: asked of process {}: {request}\nWhat came: {told}",
                        way.node
                    ));
                }
                if answer.status == 303 && answer.header("location") != Some("/login") {
                    return End::Done { answer, at };
                }
            }
            Err(error) => {
                if !way.leaves && place.life() == way.life {
                    sleep(Duration::from_millis(50));
                }
                if !way.leaves && place.life() == way.life {
                    let request = request.text().replace("\r\n", "; ");
                    self.soak.wrong(&format!("a write got no answer ({error}) of process {}: {request}", way.node));
                }
            }
        }
        self.soak.tally.counts().unheard += 1;
        let begun = Instant::now();
        loop {
            // Looked at before: what is not there when nobody can write it any more never will be.
            let is_dead = place.lives.load(Ordering::SeqCst) != way.life;
            if is_dead {
                sleep(Duration::from_millis(100));
            }
            if is_there(&self.database) {
                return End::Unheard;
            }
            if is_dead {
                return End::Never;
            }
            if begun.elapsed() > PATIENCE {
                return End::Unheard;
            }
            sleep(Duration::from_millis(20));
        }
    }

    fn cookie(&self) -> Option<String> {
        self.person.cookie()
    }

    fn publish(&mut self) -> Outcome<()> {
        let number = self.soak.truth.known().number();
        let (words, way) = (self.words(number, 1), self.way());
        let request = form("/write".into(), &words).by(self.cookie());
        let begun = self.soak.now();
        {
            let mut known = self.soak.truth.known();
            let mut history = History::new(None);
            history.begin(Some(words.clone()), way.node, begun);
            known.posts.insert(number, PostLine { id: None, author: self.person.id, history, comments: Vec::new() });
            known.live.insert(number);
        }
        let id_of = |database: &Connection, title: &str| {
            database.query_row("select id from posts where title = ?1", [title], |row| row.get::<_, i64>(0)).ok()
        };
        let end = self.send(&way, "publish", &request, |database| id_of(database, &words.title).is_some());
        let mut known = self.soak.truth.known();
        let (id, acked) = match end {
            End::Done { answer, at } => {
                let id = answer.header("location").and_then(|at| at.strip_prefix("/posts/")?.parse().ok());
                (id, Some(at))
            }
            End::Unheard => (id_of(&self.database, &words.title), None),
            End::Never => (None, None),
        };
        let Some(id) = id else {
            known.live.remove(&number);
            known.posts.get_mut(&number).into_iter().for_each(|post| post.history.take_back());
            return Ok(());
        };
        known.by_id.insert(id, number);
        let post = known.posts.get_mut(&number).ok_or("a post that is known")?;
        post.id = Some(id);
        if let Some(acked) = acked {
            post.history.acknowledge(1, acked);
        }
        drop(known);
        self.look(number, id);
        Ok(())
    }

    fn edit(&mut self) -> Outcome<()> {
        let Some((number, id)) = self.random.pick(&self.own()).copied() else { return Ok(()) };
        if self.random.one_in(3) {
            self.look_at_the_form(number, id);
        }
        let version = self.soak.truth.known().posts[&number].history.states().len();
        let (words, way) = (self.words(number, version), self.way());
        let request = form(format!("/posts/{id}/edit"), &words).by(self.cookie());
        self.change(number, &way, "edit", &request, Some(words.clone()), |database| {
            let found =
                database.query_row("select title from posts where id = ?1", [id], |row| row.get::<_, String>(0));
            found.is_ok_and(|title| title == words.title)
        })?;
        self.look(number, id);
        Ok(())
    }

    fn delete(&mut self) -> Outcome<()> {
        let Some((number, id)) = self.random.pick(&self.own()).copied() else { return Ok(()) };
        let way = self.way();
        let request = Request::post(format!("/posts/{id}/delete"), &[]).by(self.cookie());
        self.change(number, &way, "delete", &request, None, |database| {
            database.query_row("select id from posts where id = ?1", [id], |_| Ok(())).is_err()
        })?;
        self.look(number, id);
        Ok(())
    }

    fn change(
        &mut self,
        number: u64,
        way: &Way,
        kind: &'static str,
        request: &Request,
        words: Option<Words>,
        is_there: impl Fn(&Connection) -> bool,
    ) -> Outcome<()> {
        let at = {
            let (mut known, now) = (self.soak.truth.known(), self.soak.now());
            let post = known.posts.get_mut(&number).ok_or("a post that is known")?;
            post.history.begin(words, way.node, now)
        };
        let end = self.send(way, kind, request, is_there);
        let mut known = self.soak.truth.known();
        let post = known.posts.get_mut(&number).ok_or("a post that is known")?;
        match end {
            End::Done { at: acked, .. } => post.history.acknowledge(at, acked),
            End::Unheard => {}
            End::Never => post.history.take_back(),
        }
        Ok(())
    }

    fn comment(&mut self) -> Outcome<()> {
        let there = {
            let known = self.soak.truth.known();
            let there = known.there().into_iter();
            there.filter(|(number, _)| known.posts[number].comments.len() < COMMENTS).collect::<Vec<_>>()
        };
        let Some((post, id)) = self.random.pick(&there).copied() else { return Ok(()) };
        let (number, way) = (self.soak.truth.known().number(), self.way());
        let text = format!("c{number} {}", self.random.word());
        let request = Request::post(format!("/posts/{id}/comments"), &[("text", &text)]).by(self.cookie());
        {
            let (mut known, now) = (self.soak.truth.known(), self.soak.now());
            let mut history = History::new(false);
            history.begin(true, way.node, now);
            known.comments.insert(number, CommentLine { post, author: self.person.id, history });
            known.posts.get_mut(&post).ok_or("a post that is known")?.comments.push(number);
        }
        let end = self.send(&way, "comment", &request, |database| {
            database.query_row("select id from comments where text = ?1", [&text], |_| Ok(())).is_ok()
        });
        {
            let mut known = self.soak.truth.known();
            // It went with its post, where that is long gone.
            let Some(comment) = known.comments.get_mut(&number) else { return Ok(()) };
            match end {
                End::Done { at, .. } => comment.history.acknowledge(1, at),
                End::Unheard => {}
                End::Never => comment.history.take_back(),
            }
        }
        self.look(post, id);
        Ok(())
    }

    fn rename(&mut self) -> Outcome<()> {
        let (word, way) = (self.random.word(), self.way());
        let (at, name) = {
            let (mut known, now) = (self.soak.truth.known(), self.soak.now());
            let history = known.names.get_mut(&self.person.id).ok_or("a person who is known")?;
            let name = self.person.next_name(history.states().len(), &word);
            (history.begin(name.clone(), way.node, now), name)
        };
        let request = Request::post("/name", &[("name", &name)]).by(self.cookie());
        let person = self.person.id;
        let end = self.send(&way, "rename", &request, |database| {
            let sql = "select id from users where id = ?1 and name = ?2";
            database.query_row(sql, params![person, name], |_| Ok(())).is_ok()
        });
        {
            let mut known = self.soak.truth.known();
            let history = known.names.get_mut(&person).ok_or("a person who is known")?;
            match end {
                End::Done { at: acked, .. } => history.acknowledge(at, acked),
                End::Unheard => {}
                End::Never => history.take_back(),
            }
        }
        self.look_at_dashboard();
        Ok(())
    }

    fn log_out_and_in(&mut self) -> Outcome<()> {
        let Some(cookie) = self.cookie() else { return Ok(()) };
        // What of a session is left when nobody has heard that it ended is not looked for.
        let way = Way { leaves: false, ..self.way() };
        {
            let (mut known, now) = (self.soak.truth.known(), self.soak.now());
            let (_, history) = known.sessions.get_mut(&cookie).ok_or("a session that is known")?;
            history.begin(false, way.node, now);
        }
        let request = Request::post("/logout", &[]).by(Some(cookie.clone()));
        if let End::Done { at, .. } = self.send(&way, "log out", &request, |_| true) {
            let mut known = self.soak.truth.known();
            let (_, history) = known.sessions.get_mut(&cookie).ok_or("a session that is known")?;
            history.acknowledge(1, at);
        }
        self.log_in()
    }

    /// Begins a session. One that nobody has heard of is none.
    pub fn log_in(&mut self) -> Outcome<()> {
        let request = Request::post("/login", &[("login", &self.person.login), ("password", "larder")]);
        for _ in 0..100 {
            let way = Way { leaves: false, ..self.way() };
            let End::Done { answer, .. } = self.send(&way, "log in", &request, |_| true) else { continue };
            let cookie = answer
                .header("set-cookie")
                .and_then(|cookie| Some(cookie.strip_prefix("session=")?.split(';').next()?.to_owned()));
            let cookie = cookie.ok_or("a login without a cookie")?;
            self.soak.truth.known().sessions.insert(cookie.clone(), (self.person.id, History::new(true)));
            self.person.comes_in(cookie);
            return Ok(());
        }
        Err(format!("{} cannot log in", self.person.login).into())
    }

    /// Looks at a post that was just written, wherever it was.
    fn look(&mut self, number: u64, id: i64) {
        let question = |path, want| Question { kind: "own write", path, want };
        let node = self.random.below(self.soak.fleet.nodes.len());
        let question = if self.random.one_in(2) {
            question(format!("/posts/{id}"), Want::Html(Expected::Post(number)))
        } else {
            question(format!("/api/posts/{id}"), Want::Json(Expected::Post(number)))
        };
        self.reader.ask(node, Some(self.person), self.cookie(), &question);
    }

    fn look_at_dashboard(&mut self) {
        let want = Want::Html(Expected::Dashboard(self.person.id));
        let node = self.random.below(self.soak.fleet.nodes.len());
        let question = Question { kind: "own write", path: "/dashboard".into(), want };
        self.reader.ask(node, Some(self.person), self.cookie(), &question);
    }

    /// The form shows what the database has now, whatever happens to caches.
    fn look_at_the_form(&mut self, number: u64, id: i64) {
        let node = self.random.below(self.soak.fleet.nodes.len());
        let place = &self.soak.fleet.nodes[node];
        let (life, Some(address)) = (place.life(), place.address()) else { return };
        let request = Request::get(format!("/posts/{id}/edit")).by(self.cookie());
        self.soak.tally.asked("form");
        let begun = self.soak.now();
        let outcome = Line::default().ask(address, &request);
        let asked = Asked { of: node, begun, ended: self.soak.now() };
        let Ok(answer) = outcome else {
            if place.life() == life {
                self.soak.wrong(&format!("no answer to a form, of process {node}: {:?}", outcome.err()));
            }
            return;
        };
        let title = answer
            .body
            .split("name=\"title\"")
            .nth(1)
            .and_then(|rest| rest.split("value=\"").nth(1)?.split('"').next());
        let known = self.soak.truth.known();
        let history = &known.posts[&number].history;
        let fits = |words: &Option<Words>| words.as_ref().map(|words| words.title.as_str()) == title;
        let (verdict, _) = history.judge(fits, |_, _| true, asked, |_| 0, |_| false);
        if !matches!(verdict, Verdict::Fine { .. }) {
            let states = history.states().to_vec();
            drop(known);
            let told = answer.told();
            self.soak.wrong(&format!("the form of post {number} at process {node}: {verdict:?}\n{states:?}\n{told}"));
        }
    }
}

fn form(path: String, words: &Words) -> Request {
    let text = words.paragraphs.join("\n\n");
    Request::post(path, &[("title", &words.title), ("text", &text), ("tags", &words.tags.join(" "))])
}
