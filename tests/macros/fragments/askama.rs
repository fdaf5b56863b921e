//! Fragments in templates of askama: a method around each, which is asked for where it stands.

use askama::Template;
use larder::fragment::Text;
use larder::{fragment, testing};

use crate::Runs;

struct User {
    name: String,
}

#[derive(Template)]
#[template(source = "<main>{{ title }}</main>{{ self.sidebar()? }}", ext = "html")]
struct Page<'a> {
    title: &'a str,
    user: User,
    runs: &'a Runs,
}

#[derive(Template)]
#[template(source = "<nav>{{ name }} {{ run }}</nav>", ext = "html")]
struct Sidebar<'a> {
    name: &'a str,
    run: usize,
}

impl Page<'_> {
    fn sidebar(&self) -> askama::Result<Text> {
        fragment!("askama.sidebar", self.user.name, ttl = 500; {
            Sidebar { name: &self.user.name, run: self.runs.next() }.render()
        })
    }
}

#[test]
fn a_fragment_in_a_template_of_askama_is_rendered_once_and_escaped_once() {
    let (_larder, runs) = (testing::isolated(), Runs::default());
    let page = |title| {
        let page = Page { title, user: User { name: "A&B".to_owned() }, runs: &runs };
        page.render().expect("it renders")
    };
    assert_eq!(page("1"), "<main>1</main><nav>A&#38;B 1</nav>");
    assert_eq!(page("2"), "<main>2</main><nav>A&#38;B 1</nav>");
    assert_eq!(runs.count(), 1);
}

#[derive(Template)]
#[template(
    source = "<h1>{{ title }}</h1>{% block news %}<ol>{{ run }}</ol>{% endblock %}",
    ext = "html",
    block = "news"
)]
struct News {
    run: usize,
}

#[test]
fn a_block_of_a_template_can_be_a_fragment() {
    let (_larder, runs) = (testing::isolated(), Runs::default());
    let news = || fragment!("askama.news"; News { run: runs.next() }.render());
    assert_eq!(news().expect("it renders"), "<ol>1</ol>");
    assert_eq!(news().expect("it renders"), "<ol>1</ol>");
}

#[derive(Template)]
#[template(source = "{{ self.broken()? }}", ext = "html")]
struct Broken<'a> {
    runs: &'a Runs,
}

impl Broken<'_> {
    fn broken(&self) -> askama::Result<Text> {
        fragment!("askama.broken"; {
            self.runs.next();
            Err::<String, _>(askama::Error::Fmt)
        })
    }
}

#[test]
fn an_error_in_a_fragment_is_the_templates() {
    let (_larder, runs) = (testing::isolated(), Runs::default());
    let render = || Broken { runs: &runs }.render().is_err();
    assert!(render() && render());
    assert_eq!(runs.count(), 2);
}
