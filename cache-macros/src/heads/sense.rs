//! What makes no sense beside each other.

use super::Head;
use super::directives::{Directive, Value};
use super::said::Said;

/// What contradicts what, by the names of directives, and why.
const PAIRS: &[(&str, &[&str], &str)] = &[
    ("public", &["private"], "a page is for everybody or for one person"),
    ("no_store", &["public"], "what is for everybody may be kept, and `no_store` says that nobody keeps it"),
    (
        "no_store",
        &["max_age", "s_maxage", "stale_while_revalidate", "stale_if_error", "immutable"],
        "what nobody keeps is not fresh for any time",
    ),
    (
        "private",
        &["s_maxage", "proxy_revalidate"],
        "what is for one person is kept by no shared cache, and this is for those",
    ),
    ("no_cache", &["stale_while_revalidate", "stale_if_error"], "`no_cache` says that nobody uses it without asking"),
    (
        "must_revalidate",
        &["stale_while_revalidate", "stale_if_error"],
        "`must_revalidate` says that nobody uses it stale",
    ),
];

/// What `#[never_cache]` leaves no room for.
const NOT_OF_WHAT_IS_NEVER_CACHED: [&str; 7] =
    ["public", "max_age", "s_maxage", "stale_while_revalidate", "stale_if_error", "immutable", "must_understand"];

/// Returns what contradicts itself among directives: once for each that does.
pub fn contradictions(directives: &[Directive]) -> impl Iterator<Item = syn::Error> {
    directives.iter().enumerate().filter_map(|(index, directive)| {
        directives[..index].iter().find_map(|earlier| contradiction(directives, earlier, directive))
    })
}

fn contradiction(all: &[Directive], earlier: &Directive, later: &Directive) -> Option<syn::Error> {
    let is =
        |a: &Directive, b: &Directive| PAIRS.iter().find(|(one, others, _)| a.name == *one && others.contains(&b.name));
    let (.., why) = is(earlier, later).or_else(|| is(later, earlier))?;
    // Who understands the status code takes no heed of `no_store` beside `must_understand` (RFC 9111, 5.2.2.3); fields that are
    // private are those of a page for everybody; and a time of nothing says the same as `no_store`.
    let is_understood = all.iter().any(|directive| directive.name == "must_understand")
        && [earlier, later].iter().any(|directive| directive.name == "no_store");
    let is_of_fields = [earlier, later].iter().any(|directive| directive.value.is_fields());
    let is_nothing = [earlier, later].iter().any(|directive| directive.is_zero());
    if is_understood || is_of_fields || is_nothing {
        return None;
    }
    let message = format!("{why}: leave `{}` or `{}` out", earlier.name, later.name);
    Some(syn::Error::new(later.word.span(), message))
}

/// Returns what contradicts `#[never_cache]` beside it.
pub fn beside_never_cache(said: &Said) -> Option<syn::Error> {
    let wrong = said
        .directives
        .iter()
        .find(|directive| NOT_OF_WHAT_IS_NEVER_CACHED.contains(&directive.name) && !directive.is_zero())?;
    let message =
        format!("`#[never_cache]` says that nobody keeps the page: leave `{}` out, or `#[never_cache]`", wrong.name);
    Some(syn::Error::new(wrong.word.span(), message))
}

/// Returns why no page would be kept that says so, if that is so.
pub fn beside_cache_page(said: &Said) -> Option<(Option<&Directive>, &'static str)> {
    if said.head == Head::NeverCache {
        let message = "`#[never_cache]` says that nobody keeps the page, and `#[cache_page]` is to keep it: leave one of them out";
        return Some((None, message));
    }
    let find = |name: &str| said.directives.iter().find(|directive| directive.name == name);
    let no_store = find("no_store").filter(|_| find("must_understand").is_none());
    let private = || find("private").filter(|directive| matches!(directive.value, Value::None));
    // For shared caches, as this one is, `s_maxage` counts.
    let no_time = || find("s_maxage").or_else(|| find("max_age")).filter(|directive| directive.is_zero());
    let no_store = no_store.map(|word| {
        (Some(word), "what says `no_store` is not kept, and `#[cache_page]` is to keep it: leave one of them out")
    });
    let private = || {
        private().map(|word| (Some(word), "what says `private` is not kept, and `#[cache_page]` is to keep it: leave `#[cache_page]` out; or leave `private` out, and for pages that are kept for each user write `#[cache_page(…, key = \"…<user.id>\")]`"))
    };
    let no_time = || {
        no_time().map(|word| (Some(word), "what is fresh for no time is not kept, and `#[cache_page]` is to keep it: leave this out; to have browsers ask each time, write `#[cache_page(…, browser = 0)]`"))
    };
    no_store.or_else(private).or_else(no_time)
}
