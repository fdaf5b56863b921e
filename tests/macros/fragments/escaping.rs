//! What is kept was escaped when it was rendered: it is not escaped again, and not taken for something else.

use larder::fragment::{fragment_key, minijinja::fragment_key as key_of};
use larder::testing;
use minijinja::{AutoEscape, context};

use super::templates::{render, templates};

const SIDEBAR: &str = r#"{% call cache(500, "sidebar", user) %}<b>{{ user }}</b> {{ run() }}{% endcall %}"#;

#[test]
fn a_fragment_is_escaped_once_whether_it_is_kept_or_not() {
    let _larder = testing::isolated();
    let (templates, _) = templates(&[("page.html", SIDEBAR)]);
    let page = || render(&templates, "page.html", context! { user => "<A&B>" }).expect("it renders");
    assert_eq!([page(), page()], ["<b>&lt;A&amp;B&gt;</b> 1", "<b>&lt;A&amp;B&gt;</b> 1"]);
}

#[test]
fn what_is_plain_text_to_one_template_is_never_html_to_another() {
    let larder = testing::isolated();
    let (templates, runs) = templates(&[("mail.txt", SIDEBAR), ("page.html", SIDEBAR)]);
    let of = |name| render(&templates, name, context! { user => "<script>" }).expect("it renders");
    assert_eq!([of("mail.txt"), of("mail.txt")], ["<b><script></b> 1", "<b><script></b> 1"]);
    assert_eq!([of("page.html"), of("page.html")], ["<b>&lt;script&gt;</b> 2", "<b>&lt;script&gt;</b> 2"]);
    assert_eq!(runs.count(), 2);
    let cache = larder.cache("default");
    assert!(cache.blocking().delete(fragment_key("sidebar", ["<script>"])).expect("in memory"));
    assert!(cache.blocking().delete(key_of(&AutoEscape::None, "sidebar", ["<script>"])).expect("in memory"));
    assert_eq!([of("mail.txt"), of("page.html")], ["<b><script></b> 3", "<b>&lt;script&gt;</b> 4"]);
}

#[test]
fn a_block_that_is_not_escaped_is_told_apart_within_one_template() {
    let _larder = testing::isolated();
    let source = r#"{% macro side(user) %}{% call cache(500, "s", user) %}{{ user }}{% endcall %}{% endmacro %}{% autoescape false %}{{ side("<") }}{% endautoescape %}{{ side("<") }}"#;
    let (templates, _) = templates(&[("page.html", source)]);
    for _ in 0..2 {
        assert_eq!(render(&templates, "page.html", context! {}).expect("it renders"), "<&lt;");
    }
}

#[test]
fn no_part_pretends_to_be_a_way_of_escaping() {
    let html = fragment_key("sidebar", ["ann", "escape=none"]);
    let text = key_of(&AutoEscape::None, "sidebar", ["ann"]);
    assert_ne!(html.as_str(), text.as_str());
    let [latex, other] = ["latex", "a:b"].map(|name| key_of(&AutoEscape::Custom(name.into()), "s", [1]));
    assert_eq!(latex.as_str(), "fragment:s:1:escape=custom=latex");
    assert_eq!(other.as_str(), "fragment:s:1:escape=custom=a%3Ab");
}
