//! What a page shows, read out of its HTML or JSON. Names and texts of the soak have nothing that is escaped.

use serde_json::Value;

/// A post, as far as one page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Post {
    pub id: i64,
    pub title: String,
    pub author: Option<(i64, String)>,
    pub tags: Option<Vec<String>>,
    /// From the first on, as many as are shown.
    pub paragraphs: Vec<String>,
    pub has_all: bool,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    pub author: (i64, String),
    pub text: String,
    /// The number and the title of its post, where that is shown.
    pub on: Option<(i64, String)>,
}

/// What a whole page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    Detail { post: Post, comments: Vec<Comment>, visitor: Option<String> },
    List { posts: Vec<Post>, has_more: bool },
    Dashboard { name: String, posts: Vec<(i64, String)>, comments: Vec<Comment> },
    Comments(Vec<Comment>),
}

/// A text that is read from its beginning.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// Goes on behind `begin`, up to `end`, and returns what stands between.
    fn between(&mut self, begin: &str, end: &str) -> Option<&'a str> {
        let at = self.0.find(begin)? + begin.len();
        let rest = &self.0[at..];
        let length = rest.find(end)?;
        self.0 = &rest[length + end.len()..];
        Some(&rest[..length])
    }

    fn all(mut self, begin: &str, end: &str) -> Vec<&'a str> {
        std::iter::from_fn(move || self.between(begin, end)).collect()
    }
}

const END: &str = "</main></body></html>";

fn whole(body: &str) -> Option<&str> {
    (body.starts_with("<!doctype html>") && body.ends_with(END)).then_some(body)
}

fn person(rest: &mut Rest<'_>) -> Option<(i64, String)> {
    let id = rest.between("<a href=\"/?author=", "\">")?.parse().ok()?;
    Some((id, rest.between("", "</a>")?.to_owned()))
}

fn byline(rest: &mut Rest<'_>) -> Option<((i64, String), Vec<String>)> {
    let mut line = Rest(rest.between("<p class=\"by\">", "</p>")?);
    let author = person(&mut line)?;
    let tags = line.all("<a class=\"tag\" href=\"/?tag=", "</a>");
    Some((author, tags.iter().filter_map(|tag| Some(tag.split_once("\">")?.1.to_owned())).collect()))
}

fn paragraphs(text: &str) -> Vec<String> {
    Rest(text).all("<p>", "</p>").into_iter().map(str::to_owned).collect()
}

pub fn detail(body: &str) -> Option<Shown> {
    let mut rest = Rest(whole(body)?);
    let title = rest.between("<title>", " · The Larder</title>")?.to_owned();
    let mut article = Rest(rest.between("<article>", "</article>")?);
    if article.between("<h1>", "</h1>")? != title {
        return None;
    }
    let (author, tags) = byline(&mut article)?;
    let paragraphs = paragraphs(article.0);
    let said = rest.between("<h2>Comments</h2>", "<form method=\"post\" action=\"/posts/")?;
    let id = rest.between("", "/comments\">")?.parse().ok()?;
    let post = Post { id, title, author: Some(author), tags: Some(tags), paragraphs, has_all: true };
    let comments = said.split("<div class=\"comment\">").skip(1).map(|comment| {
        let mut comment = Rest(comment);
        let author = byline(&mut comment)?.0;
        Some(Comment { author, text: comment.between("<p>", "</p>")?.to_owned(), on: None })
    });
    let comments = comments.collect::<Option<_>>()?;
    let visitor = rest.between("<label>Comment as ", "<textarea").map(str::to_owned);
    if visitor.is_none() && !rest.0.starts_with("<p><a href=\"/login\">Log in</a> to say something.</p>") {
        return None;
    }
    Some(Shown::Detail { post, comments, visitor })
}

pub fn list(body: &str) -> Option<Shown> {
    let rest = Rest(whole(body)?);
    let posts = rest.all("<article>", "</article>").into_iter().map(|article| {
        let mut article = Rest(article);
        let id = article.between("<h2><a href=\"/posts/", "\">")?.parse().ok()?;
        let title = article.between("", "</a>")?.to_owned();
        let (author, tags) = byline(&mut article)?;
        let paragraphs = paragraphs(article.0);
        Some(Post { id, title, author: Some(author), tags: Some(tags), paragraphs, has_all: false })
    });
    Some(Shown::List { posts: posts.collect::<Option<_>>()?, has_more: body.contains("\">Older</a>") })
}

pub fn dashboard(body: &str) -> Option<Shown> {
    let mut rest = Rest(whole(body)?);
    let name = rest.between("<h1>", "</h1>")?.to_owned();
    let posts = Rest(rest.between("<ul class=\"posts\">", "</ul>")?).all("<a class=\"title\" href=\"/posts/", "</a>");
    let posts = posts.into_iter().map(|post| {
        let (id, title) = post.split_once("\">")?;
        Some((id.parse().ok()?, title.to_owned()))
    });
    let said = rest.between("<ul>", "</ul>")?;
    let comments = Rest(said).all("<li>", "</li>").into_iter().map(|comment| {
        let mut comment = Rest(comment);
        let author = person(&mut comment)?;
        let id = comment.between("on <a href=\"/posts/", "#comments\">")?.parse().ok()?;
        let title = comment.between("", "</a>: ")?.to_owned();
        Some(Comment { author, text: comment.0.to_owned(), on: Some((id, title)) })
    });
    let shown = Shown::Dashboard {
        posts: posts.collect::<Option<_>>()?,
        comments: comments.collect::<Option<_>>()?,
        name: name.clone(),
    };
    (rest.between("<input name=\"name\" value=\"", "\"")? == name).then_some(shown)
}

fn post_of(value: &Value) -> Option<Post> {
    let text = |name| value.get(name)?.as_str().map(str::to_owned);
    let tags = value.get("tags")?.as_array()?.iter().map(|tag| tag.as_str().map(str::to_owned));
    Some(Post {
        id: value.get("id")?.as_i64()?,
        title: text("title")?,
        author: Some((value.get("author")?.as_i64()?, text("author_name")?)),
        tags: tags.collect(),
        paragraphs: text("text")?.split("\n\n").map(str::to_owned).collect(),
        has_all: true,
    })
}

pub fn api_post(body: &str) -> Option<Shown> {
    let post = post_of(&serde_json::from_str(body).ok()?)?;
    Some(Shown::List { posts: vec![post], has_more: true })
}

pub fn api_list(body: &str) -> Option<Shown> {
    let value: Value = serde_json::from_str(body).ok()?;
    let posts = value.get("posts")?.as_array()?.iter().map(post_of).collect::<Option<_>>()?;
    Some(Shown::List { posts, has_more: value.get("has_more")?.as_bool()? })
}

pub fn api_comments(body: &str) -> Option<Shown> {
    let value: Value = serde_json::from_str(body).ok()?;
    let comments = value.as_array()?.iter().map(|comment| {
        let text = |name| comment.get(name)?.as_str().map(str::to_owned);
        let author = (comment.get("author")?.as_i64()?, text("author_name")?);
        let on = Some((comment.get("post")?.as_i64()?, text("post_title")?));
        Some(Comment { author, text: text("text")?, on })
    });
    Some(Shown::Comments(comments.collect::<Option<_>>()?))
}

/// Returns the secret words that stand anywhere in an answer.
pub fn secrets(body: &str) -> Vec<&str> {
    let begins = body.match_indices("secret-").map(|(at, _)| &body[at..]);
    begins.map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or(rest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYLINE: &str = "<p class=\"by\"><a href=\"/?author=7\">Ann</a> · <time>2026-01-01</time> \
                          <a class=\"tag\" href=\"/?tag=jam\">jam</a></p>";

    fn page(content: &str) -> String {
        format!("<!doctype html><html><head><title>p1.2 w · The Larder</title></head><body><main>{content}{END}")
    }

    fn said(hole: &str) -> String {
        let post = format!("<article><h1>p1.2 w</h1>{BYLINE}<p>one</p><p>two</p></article>");
        let said = "<div class=\"comment\"><p class=\"by\"><a href=\"/?author=8\">Ben</a> · <time>2026</time></p><p>c3</p></div>";
        let form = format!("<form method=\"post\" action=\"/posts/5/comments\">{hole}</form>");
        page(&format!("{post}<section id=\"comments\"><h2>Comments</h2>{said}{form}</section>"))
    }

    #[test]
    fn a_post_is_read_with_what_was_said_and_who_looks() {
        let page = said("<label>Comment as Cleo<textarea></textarea></label>");
        let Some(Shown::Detail { post, comments, visitor }) = detail(&page) else { panic!("{page}") };
        assert_eq!((post.id, post.title.as_str(), post.paragraphs.len()), (5, "p1.2 w", 2));
        assert_eq!((post.author, post.tags), (Some((7, "Ann".into())), Some(vec!["jam".into()])));
        assert_eq!(comments, [Comment { author: (8, "Ben".into()), text: "c3".into(), on: None }]);
        assert_eq!(visitor.as_deref(), Some("Cleo"));
    }

    #[test]
    fn half_of_a_page_is_no_page_and_neither_is_one_of_two_posts() {
        let whole = said("<p><a href=\"/login\">Log in</a> to say something.</p>");
        assert!(detail(&whole).is_some());
        assert!((0..whole.len()).filter(|at| whole.is_char_boundary(*at)).all(|at| detail(&whole[..at]).is_none()));
        assert!(detail(&whole.replace("<h1>p1.2 w", "<h1>p1.1 w")).is_none());
        assert!(detail(&said("")).is_none(), "a hole that nobody filled");
    }

    #[test]
    fn a_list_is_read_with_whether_there_is_more() {
        let article = format!("<article><h2><a href=\"/posts/9\">p4.1 w</a></h2>{BYLINE}<p>one</p></article>");
        let Some(Shown::List { posts, has_more }) = list(&page(&article)) else { panic!() };
        assert_eq!((posts[0].id, posts[0].title.as_str(), has_more), (9, "p4.1 w", false));
        assert!(matches!(list(&page("<a href=\"/?page=2\">Older</a>")), Some(Shown::List { has_more: true, .. })));
    }

    #[test]
    fn secret_words_are_found_wherever_they_stand() {
        assert_eq!(secrets("<h1>secret-u4-0-ab</h1>, secret-u5"), ["secret-u4-0-ab", "secret-u5"]);
    }
}
