//! Fragments of templates of minijinja.

use std::sync::Arc;
use std::time::Duration;

use larder::fragment::fragment_key;
use larder::key::KeyPart;
use larder::{Key, Settings, Ttl, fragment, invalidates, testing};
use minijinja::{Environment, Error, Value, context};

use crate::Runs;

const PAGE: &str = r#"<h1>{{ title }}</h1>
{% call cache(500, "sidebar", user.name) %}<p>{{ user.name }}, run {{ run() }}</p>{% endcall %}"#;

/// Templates that can say which run of a body they are in.
pub fn templates(sources: &[(&'static str, &'static str)]) -> (Environment<'static>, Arc<Runs>) {
    let mut templates = Environment::new();
    larder::fragment::minijinja::install(&mut templates);
    let runs = Arc::new(Runs::default());
    let counted = Arc::clone(&runs);
    templates.add_function("run", move || counted.next());
    for (name, source) in sources {
        templates.add_template(name, source).expect("it can be read");
    }
    (templates, runs)
}

pub fn render(templates: &Environment<'_>, name: &str, context: Value) -> Result<String, Error> {
    templates.get_template(name).expect("it is there").render(context)
}

fn user(name: &str) -> Value {
    context! { user => context! { name } }
}

#[test]
fn the_body_of_a_fragment_in_a_template_is_not_rendered_on_a_hit() {
    let larder = testing::isolated();
    let (templates, runs) = templates(&[("page.html", PAGE)]);
    let page =
        |name, title: &str| render(&templates, "page.html", context! { title, ..user(name) }).expect("it renders");
    assert_eq!(page("ann", "1"), "<h1>1</h1>\n<p>ann, run 1</p>");
    assert_eq!(page("ann", "2"), "<h1>2</h1>\n<p>ann, run 1</p>");
    assert_eq!(page("bob", "3"), "<h1>3</h1>\n<p>bob, run 2</p>");
    assert_eq!(runs.count(), 2);
    larder.advance(Duration::from_secs(500));
    assert_eq!(page("ann", "4"), "<h1>4</h1>\n<p>ann, run 3</p>");
    let stats = larder.cache("default").stats();
    assert_eq!((stats.hits, stats.misses), (1, 3));
}

/// Renders what stands in one template alone.
fn one(source: &'static str, context: Value) -> Result<String, Error> {
    render(&templates(&[("one.html", source)]).0, "one.html", context)
}

#[test]
fn a_time_is_a_number_or_a_variable_and_none_is_for_ever() {
    let larder = testing::isolated();
    let source = r#"{% call cache(time, "timed", name) %}text{% endcall %}"#;
    let left = |name: &str, time: Value| {
        one(source, context! { time, name }).expect("it renders");
        larder.cache("default").blocking().ttl(fragment_key("timed", [name])).expect("in memory")
    };
    assert_eq!(left("whole", 500.into()), Some(Ttl::For(Duration::from_secs(500))));
    assert_eq!(left("fraction", 1.5.into()), Some(Ttl::For(Duration::from_millis(1500))));
    assert_eq!(left("none", ().into()), Some(Ttl::Forever));
    assert_eq!(left("zero", 0.into()), None);
}

#[test]
fn what_is_wrong_with_a_fragment_names_its_template_and_line() {
    let _larder = testing::isolated_with([("default", Settings::memory())]).expect("it can be made");
    let time = "(in one.html:2)";
    for (head, sentence) in [
        (r#"cache("500", "f")"#, "the time of the fragment `f` is `'500'`: write seconds, or `none` for ever"),
        (r#"cache(-1, "f")"#, "the time of the fragment `f` is `-1`: it cannot be negative; 0 keeps nothing"),
        (r#"cache(missing, "f")"#, "the time of the fragment `f` is undefined: write seconds, or `none` for ever"),
        (r#"cache(1e300, "f")"#, "the time of the fragment `f` is `1e300`: write `none` for ever"),
        ("cache(500)", "a fragment has a name: write `{% call cache(500, \"sidebar\", user.name) %}…{% endcall %}`"),
        ("cache(500, 7)", "the name of a fragment is text, and this is `7`"),
        (
            r#"cache(500, "f", 1, user.nam)"#,
            "part 2 of the fragment `f` is undefined: what may be missing says what it is then, as in \
             `user.name|default(none)`, so that no key forgets it",
        ),
        (
            r#"cache(500, "f", 1.5)"#,
            "part 1 of the fragment `f` is `1.5`: a number with a fraction has several spellings",
        ),
        (r#"cache(500, "f", user)"#, "part 1 of the fragment `f` is a map: write what of it the text depends on"),
        (r#"cache(500, "f", [1, missing])"#, "part 1 of the fragment `f` is a sequence: what may be missing"),
        (r#"cache(500, "f", tags="author:7")"#, "the tags of the fragment `f` are a list of texts"),
        (r#"cache(500, "f", tags=[tag("author", missing)])"#, "part 1 of the tag `author` is undefined: what may be"),
        (r#"cache(500, "f", tags=[tag("author", 1.5)])"#, "part 1 of the tag `author` is `1.5`: a number with a fr"),
        (r#"cache(500, "f", tags=[tag(7)])"#, "the name of a tag is text, and this is `7`: write `tag(\"author\", "),
        (r#"cache(500, "f", tag=["author:7"])"#, "unknown keyword argument 'tag'"),
    ] {
        let source = format!("<h1>\n{{% call {head} %}}text{{% endcall %}}");
        let error = one(source.leak(), user("ann")).expect_err(head).to_string();
        assert!(error.contains(sentence) && error.ends_with(time), "{head}: {error}");
    }
    let error = one("<h1>\n{{ cache(500, \"f\") }}", user("ann")).expect_err("there is no body").to_string();
    assert!(error.contains("`cache` stands around the body of the fragment") && error.ends_with(time), "{error}");
}

#[test]
fn a_fragment_of_an_unknown_cache_is_an_error_of_its_template() {
    // Outside of a test with caches of its own, which has every cache that it asks for.
    let source = r#"{% call cache(500, "f", using="local-thing") %}text{% endcall %}"#;
    let error = one(source, context! {}).expect_err("there is no such cache").to_string();
    assert_eq!(error, "invalid operation: there is no cache named `local-thing`; there is `default` (in one.html:1)");
}

#[test]
fn fragments_of_templates_live_in_the_cache_that_is_named_else_in_their_own_else_in_default() {
    let usual = r#"{% call cache(500, "f") %}text{% endcall %}"#;
    let special = r#"{% call cache(500, "f", using="special") %}text{% endcall %}"#;
    let kept = |caches: &[&'static str]| {
        let caches = caches.iter().map(|name| (*name, Settings::memory()));
        let larder = testing::isolated_with(caches).expect("they can be made");
        let _pages = [usual, special].map(|source| one(source, context! {}).expect("it renders"));
        ["default", "template_fragments", "special"].map(|name| larder.cache(name).stats().entries)
    };
    assert_eq!(kept(&["special"]), [1, 0, 1]);
    assert_eq!(kept(&["special", "template_fragments"]), [0, 1, 1]);
}

#[test]
fn what_reads_alike_is_one_part_and_none_is_no_text() {
    let larder = testing::isolated();
    let source = r#"{% call cache(500, "f", part) %}text{% endcall %}{{ fragment_key("f", part)|safe }}"#;
    let key = |part: Value| one(source, context! { part }).expect("it renders").replace("text", "");
    for (part, expected) in [
        (Value::from(1), "1"),
        (Value::from("1"), "1"),
        (Value::from(-7), "-7"),
        (Value::from(u128::MAX), "340282366920938463463374607431768211455"),
        (Value::from(true), "true"),
        (Value::from(()), "%none"),
        (Value::from(""), ""),
        (Value::from("None"), "None"),
        (Value::from("a:b c"), "a%3Ab%20c"),
        (Value::from_safe_string("<b>".to_owned()), "%3Cb%3E"),
        (Value::from(vec![1, 2]), "<1,2,>"),
    ] {
        assert_eq!(key(part), format!("fragment:f:{expected}"));
    }
    assert_eq!(larder.cache("default").stats().entries, 10);
    assert_eq!(fragment_key("f", [Some(""), None]).as_str(), "fragment:f::%none");
    assert_eq!(fragment_key("f", [&7_u8 as &dyn KeyPart, &vec![1, 2]]).as_str(), "fragment:f:7:<1,2,>");
}

#[test]
fn two_templates_that_give_one_name_share_its_fragment() {
    let _larder = testing::isolated();
    let source = r#"{% call cache(500, "shared", 1) %}{{ run() }}{% endcall %}"#;
    let (templates, runs) = templates(&[("one.html", source), ("two.html", source)]);
    let pages = ["one.html", "two.html"].map(|name| render(&templates, name, context! {}).expect("it renders"));
    assert_eq!((pages, runs.count()), (["1", "1"].map(str::to_owned), 1));
}

#[test]
fn a_fragment_of_a_template_goes_by_its_key_and_with_its_tags() {
    let larder = testing::isolated();
    let source = r#"{% call cache(none, "bio", author, tags=["author:" ~ author, "bios"]) %}{{ run() }}{% endcall %}"#;
    let (templates, _) = templates(&[("bio.html", source)]);
    let page = || render(&templates, "bio.html", context! { author => 7 }).expect("it renders");
    assert_eq!([page(), page()], ["1", "1"]);
    assert!(larder.cache("default").blocking().delete(fragment_key("bio", [7])).expect("in memory"));
    assert_eq!([page(), page()], ["2", "2"]);
    larder::invalidate_tag_blocking("author:7").expect("in memory");
    assert_eq!([page(), page()], ["3", "3"]);
    larder::invalidate_tag_blocking("bios").expect("in memory");
    assert_eq!(page(), "4");
}

#[invalidates(tag = "author:<name>")]
fn rename(name: &str) {
    let _ = name;
}

#[invalidates(tag = "100%:shelf:<number>:<names>")]
fn clear_shelf(number: u64, names: &[Option<&str>]) {
    let _ = (number, names);
}

#[test]
fn a_tag_of_a_template_is_that_of_an_attribute_whatever_signs_its_value_holds() {
    let _larder = testing::isolated();
    let (templates, _) = templates(&[(
        "bio.html",
        r#"{% call cache(none, "bio", name, tags=[tag("author", name), "bios"]) %}{{ run() }}{% endcall %}"#,
    )]);
    let page = |name| render(&templates, "bio.html", context! { name }).expect("it renders");
    let mut run = 0;
    for name in ["a:b", "ann lee", "a%b", "é", ""] {
        let before = page(name);
        assert_eq!(page(name), before);
        rename("somebody else");
        assert_eq!(page(name), before, "{name}");
        rename(name);
        let after = page(name);
        assert_ne!(after, before, "{name}");
        run += 2;
        assert_eq!(after, run.to_string());
    }
}

#[test]
fn a_tag_of_a_template_takes_what_a_key_takes_and_reads_as_that() {
    let _larder = testing::isolated();
    let tags = r#"[tag("100%:shelf", 7, ["a,b", none])]"#;
    let source = format!("{{% call cache(none, \"shelf\", tags={tags}) %}}{{{{ run() }}}}{{% endcall %}}");
    let (templates, _) = templates(&[("one.html", source.leak())]);
    let page = || render(&templates, "one.html", context! {}).expect("it renders");
    assert_eq!([page(), page()], ["1", "1"]);
    clear_shelf(8, &[Some("a,b"), None]);
    assert_eq!(page(), "1");
    clear_shelf(7, &[Some("a,b"), None]);
    assert_eq!(page(), "2");
    let shown = one(r#"{{ tag("author", "a:b") }} {{ tag("posts") }}"#, context! {}).expect("it renders");
    assert_eq!(shown, "author:a%3Ab posts");
}

#[test]
fn a_key_that_a_template_shows_can_be_read_back() {
    let larder = testing::isolated();
    let shown =
        one(r#"{% call cache(9, "f", name) %}{% endcall %}{{ fragment_key("f", name) }}"#, context! { name => "a:b" });
    let shown = shown.expect("it renders");
    assert_eq!(shown, "fragment:f:a%3Ab");
    let cache = larder.cache("default");
    assert!(!cache.blocking().delete(shown.as_str()).expect("in memory"), "as a text it is another key");
    assert!(cache.blocking().delete(Key::reading(&shown).expect("it is one")).expect("in memory"));
}

#[test]
fn a_language_and_a_zone_are_parts_where_a_text_depends_on_them() {
    let larder = testing::isolated();
    let source = r#"{% call cache(500, "sidebar", language, zone) %}{{ language }} {{ zone }}{% endcall %}"#;
    let page = |language, zone| one(source, context! { language, zone }).expect("it renders");
    assert_eq!(page("de", "Europe/Berlin"), "de Europe&#x2f;Berlin");
    assert_eq!(page("fr", "Europe/Berlin"), "fr Europe&#x2f;Berlin");
    let key = fragment_key("sidebar", ["de", "Europe/Berlin"]);
    assert_eq!(key.as_str(), "fragment:sidebar:de:Europe%2FBerlin");
    assert!(larder.cache("default").blocking().has(key).expect("in memory"));
}

#[test]
fn an_error_in_a_body_is_the_templates_and_nothing_of_it_is_kept() {
    let larder = testing::isolated();
    let source = "{% call cache(500, \"f\") %}\n{{ run() }} {{ missing.field }}{% endcall %}";
    let (templates, runs) = templates(&[("one.html", source)]);
    for _ in 0..2 {
        let error = render(&templates, "one.html", context! {}).expect_err("the body is wrong");
        assert_eq!((error.name(), error.line()), (Some("one.html"), Some(2)), "{error}");
    }
    assert_eq!((runs.count(), larder.cache("default").stats().entries), (2, 0));
    let page = render(&templates, "one.html", context! { missing => context! { field => 1 } }).expect("it renders");
    assert_eq!(page, "\n3 1");
}

#[test]
fn an_empty_text_is_kept_like_another() {
    let _larder = testing::isolated();
    let (templates, runs) =
        templates(&[("one.html", r#"{% call cache(10, "f") %}{% if run() %}{% endif %}{% endcall %}"#)]);
    assert_eq!([0; 2].map(|_| render(&templates, "one.html", context! {}).expect("it renders")), ["", ""]);
    assert_eq!(runs.count(), 1);
}

#[test]
fn an_inner_fragment_of_a_template_is_not_frozen_in_the_outer_one() {
    let larder = testing::isolated();
    let source = r#"{% call cache(900, "outer") %}[{% call cache(60, "inner", tags=["author:7"]) %}{{ run() }}{% endcall %}]{% endcall %}"#;
    let (templates, _) = templates(&[("page.html", source)]);
    let page = || render(&templates, "page.html", context! {}).expect("it renders");
    assert_eq!([page(), page()], ["[1]", "[1]"]);
    larder::invalidate_tag_blocking("author:7").expect("in memory");
    assert_eq!([page(), page()], ["[2]", "[2]"]);
    larder.advance(Duration::from_secs(60));
    assert_eq!(page(), "[3]");
    let around = || fragment!("templates.around"; page());
    assert_eq!([around(), around()], ["[3]", "[3]"]);
    larder::invalidate_tag_blocking("author:7").expect("in memory");
    assert_eq!(around(), "[4]");
}
