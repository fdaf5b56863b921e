//! Functions of every form keep their form.

use std::fmt::Display;
use std::rc::Rc;
use std::sync::Arc;

use larder::{cached, testing};

use crate::Runs;

#[cached(key = "functions:square:<n>", ignore(runs))]
fn square(runs: &Runs, n: u64) -> u64 {
    runs.next();
    n * n
}

#[test]
fn a_function_runs_once_for_the_same_arguments() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    assert_eq!([square(&runs, 3), square(&runs, 3), square(&runs, 4)], [9, 9, 16]);
    assert_eq!(runs.count(), 2);
}

#[cached(key = "functions:greet:<name>", ignore(runs))]
async fn greet(runs: &Runs, name: &str) -> String {
    runs.next();
    tokio::task::yield_now().await;
    format!("Hello, {name}")
}

#[tokio::test]
async fn an_async_function_runs_once_for_the_same_arguments() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    assert_eq!(greet(&runs, "Ada").await, "Hello, Ada");
    assert_eq!(greet(&runs, "Ada").await, "Hello, Ada");
    assert_eq!(greet(&runs, "Bob").await, "Hello, Bob");
    assert_eq!(runs.count(), 2);
}

#[test]
fn the_future_of_a_cached_function_can_go_to_another_thread() {
    fn is_send<T: Send>(_: T) {}
    is_send(greet(&Runs::default(), "Ada"));
    is_send(greet::get("Ada"));
    is_send(greet::put("Ada", String::new()));
    is_send(greet::refresh(&Runs::default(), "Ada"));
}

#[cached(key = "functions:early:<n>", ignore(runs))]
fn early(runs: &Runs, n: u64) -> Result<u64, std::num::ParseIntError> {
    runs.next();
    if n == 0 {
        return Ok(100);
    }
    let text = if n == 1 { "x" } else { "7" };
    let parsed: u64 = text.parse()?;
    Ok(parsed + n)
}

#[test]
fn what_returns_early_is_kept_and_what_a_question_mark_returns_is_not() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    assert_eq!((early(&runs, 0), early(&runs, 0)), (Ok(100), Ok(100)));
    assert_eq!(runs.count(), 1);
    assert!(early(&runs, 1).is_err() && early(&runs, 1).is_err());
    assert_eq!(runs.count(), 3);
}

#[cached(key = "functions:early_async:<n>", ignore(runs))]
async fn early_async(runs: &Runs, n: u64) -> Result<u64, std::num::ParseIntError> {
    if runs.next() > 100 {
        return Ok(0);
    }
    let parsed: u64 = if n == 1 { "x" } else { "7" }.parse()?;
    Ok(parsed)
}

#[tokio::test]
async fn a_question_mark_ends_an_async_body_and_not_the_look() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    assert!(early_async(&runs, 1).await.is_err());
    assert_eq!((early_async(&runs, 2).await, early_async(&runs, 2).await), (Ok(7), Ok(7)));
    assert_eq!(runs.count(), 2);
}

#[cached(key = "functions:joined:<left>,<right>", ignore(runs))]
fn joined<'a, 'b>(runs: &Runs, left: &'a str, right: &'b str) -> String
where
    'b: 'a,
{
    runs.next();
    format!("{left}{right}")
}

#[test]
fn lifetimes_and_where_clauses_stay() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    let right = String::from("b");
    assert_eq!(joined(&runs, "a", &right), "ab");
    assert_eq!(joined::get("a", "b").as_deref(), Some("ab"));
    assert_eq!(joined(&runs, "ab", ""), "ab");
    assert_eq!(runs.count(), 2, "what is run together is kept apart");
}

#[cached(key = "functions:shown:<n>", ignore(what, runs))]
fn shown(what: impl Display, n: u8, runs: &Runs) -> String {
    runs.next();
    format!("{what}{n}")
}

#[test]
fn an_argument_of_a_type_without_a_name_can_be_ignored() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    assert_eq!(shown("a", 1, &runs), "a1");
    assert_eq!(shown(2.5, 1, &runs), "a1", "it was ignored");
    assert_eq!(runs.count(), 1);
}

#[cached(key = "functions:counted_down:<n>", ignore(runs))]
fn counted_down(runs: &Runs, mut n: u32) -> Vec<u32> {
    runs.next();
    let mut all = Vec::new();
    while n > 0 {
        all.push(n);
        n -= 1;
    }
    all
}

#[test]
fn a_body_can_change_its_arguments_and_the_key_has_them_as_they_came() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    assert_eq!(counted_down(&runs, 2), [2, 1]);
    assert_eq!(counted_down::key(2).as_str(), "functions:counted_down:2");
    assert_eq!(counted_down::get(2), Some(vec![2, 1]));
}

#[cached(key = "functions:consumed:<text>", ignore(runs, buffer))]
fn consumed(runs: &Runs, text: String, buffer: &mut Vec<String>) -> usize {
    runs.next();
    let length = text.len();
    buffer.push(text);
    length
}

/// Not `Clone`: a hit or a miss that cloned its arguments would not compile.
struct Token(u64);

#[cached(key = "functions:spent:<token.0>")]
fn spent(token: Token) -> u64 {
    let Token(inner) = token;
    inner
}

#[test]
fn arguments_are_moved_into_the_body_and_never_cloned() {
    let _larder = testing::isolated();
    let (runs, mut buffer) = (Runs::default(), Vec::new());
    assert_eq!(consumed(&runs, "abc".to_owned(), &mut buffer), 3);
    assert_eq!(consumed(&runs, "abc".to_owned(), &mut buffer), 3);
    assert_eq!(buffer, ["abc"]);
    assert_eq!(
        (spent(Token(5)), spent::get(&Token(5)), spent::get(Token(6))),
        (5, Some(5), None),
        "by reference or by value"
    );
}

/// Counts the clones of a value that is kept.
#[derive(Debug)]
struct Counted(Arc<Runs>);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.next();
        Self(Arc::clone(&self.0))
    }
}

#[cached(key = "functions:counted", ignore(clones), local)]
fn counted(clones: &Arc<Runs>) -> Counted {
    Counted(Arc::clone(clones))
}

#[test]
fn a_hit_clones_the_value_once() {
    let _larder = testing::isolated();
    let clones = Arc::new(Runs::default());
    let _first = counted(&clones);
    let before = clones.count();
    let _second = counted(&clones);
    assert_eq!(clones.count() - before, 1);
}

impl std::fmt::Debug for Runs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Runs")
    }
}

/// Says what it is for.
///
/// On several lines.
#[cached(key = "functions:documented:<n>")]
#[must_use]
#[deprecated = "to see that the word stays"]
#[inline]
pub fn documented(n: u8) -> u8 {
    n
}

#[test]
#[expect(deprecated, unused_must_use, reason = "both say that the attributes are still there")]
fn attributes_stay_on_the_function() {
    let _larder = testing::isolated();
    documented(1);
}

#[cfg(not(any()))]
#[cached(key = "functions:conditional:<n>")]
#[cfg(any())]
fn conditional(n: Missing) -> Missing {
    n
}

#[cached(key = "functions:conditional:<n>")]
#[cfg(not(any()))]
fn conditional(n: u8) -> u8 {
    n
}

#[test]
fn a_condition_takes_everything_that_belongs_to_the_function_along() {
    let _larder = testing::isolated();
    assert_eq!((conditional(1), conditional::get(1)), (1, Some(1)));
}

#[cached(key = "functions:allowed:<n>")]
#[expect(unused_variables, reason = "an expectation is met in the body, once")]
#[allow(clippy::let_unit_value)]
fn allowed(n: u8) -> u8 {
    let unused = ();
    n
}

#[test]
fn lint_attributes_reach_the_body() {
    let _larder = testing::isolated();
    assert_eq!(allowed(1), 1);
}

#[cached(key = "functions:sum:<n>")]
fn sum(n: u64) -> u64 {
    if n == 0 { 0 } else { n + sum(n - 1) }
}

#[test]
fn a_recursive_function_calls_its_cached_self() {
    let _larder = testing::isolated();
    assert_eq!(sum(10), 55);
    assert_eq!(sum::get(9), Some(45));
}

#[cached(key = "functions:shared:<n>", local)]
fn shared_in_an_arc(n: usize) -> Arc<[u8]> {
    vec![0; n].into()
}

#[test]
fn a_value_in_an_arc_is_the_same_for_all() {
    let _larder = testing::isolated();
    assert!(Arc::ptr_eq(&shared_in_an_arc(3), &shared_in_an_arc(3)));
}

#[cached(key = "functions:by_rc:<name>")]
fn by_rc(name: Rc<str>) -> usize {
    name.len()
}

#[test]
fn an_argument_need_not_be_able_to_leave_its_thread() {
    let _larder = testing::isolated();
    let name: Rc<str> = Rc::from("abc");
    assert_eq!((by_rc(Rc::clone(&name)), by_rc::get(&name)), (3, Some(3)));
}

#[cached(key = "functions:r#type:<r#type>")]
fn r#match(r#type: u8) -> u8 {
    r#type
}

#[test]
fn raw_names_work() {
    let _larder = testing::isolated();
    assert_eq!((r#match(1), r#match::get(1)), (1, Some(1)));
}

#[test]
fn a_function_in_a_block_can_be_cached_with_the_types_of_the_block() {
    #[derive(Clone, PartialEq, Debug, serde::Serialize, serde::Deserialize)]
    struct Inner(u8);

    #[cached(key = "functions:in_a_block:<n>")]
    fn inner(n: u8) -> Inner {
        Inner(n)
    }

    let _larder = testing::isolated();
    assert_eq!((inner(1), inner::get(1)), (Inner(1), Some(Inner(1))));
}

struct Bytes<const N: usize>(u64);

#[cached(key = "functions:own_items:<id>")]
fn own_items(id: u64) -> u64 {
    struct Read(u64);
    impl From<Bytes<{ 1 + 1 }>> for Read {
        fn from(bytes: Bytes<2>) -> Self {
            Self(bytes.0)
        }
    }
    Read::from(Bytes(id)).0
}

#[test]
fn a_body_with_items_that_speak_of_themselves_is_no_method() {
    let _larder = testing::isolated();
    assert_eq!((own_items(3), own_items::get(3)), (3, Some(3)));
}
