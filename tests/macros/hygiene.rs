//! Nothing that a user has in scope can break an expansion, and an expansion warns of nothing.

/// Everything around the functions is named like something that an expansion uses.
#[deny(warnings, missing_docs, clippy::pedantic, unused_qualifications)]
#[expect(dead_code, unused_macros, non_camel_case_types, reason = "their only purpose is to be in the way")]
pub mod hostile {
    mod core {}
    mod std {}
    mod larder {}
    mod serde {}
    mod inventory {}
    mod primitive {}
    struct Option;
    struct Result;
    struct Some;
    struct None;
    struct Ok;
    struct Err;
    struct Key;
    struct String;
    struct Vec;
    struct Call;
    struct u8;
    struct u32;
    struct str;
    trait From {}
    trait Into {}
    trait Clone {}
    trait Borrow {}
    trait Fn {}
    trait FnOnce {}
    trait Send {}
    trait Sync {}
    macro_rules! concat {
        () => {};
    }
    macro_rules! module_path {
        () => {};
    }
    macro_rules! line {
        () => {};
    }
    macro_rules! file {
        () => {};
    }
    macro_rules! assert {
        () => {};
    }
    const SITE: () = ();

    /// A thing.
    #[allow(
        clippy::unsafe_derive_deserialize,
        reason = "a site in a method registers itself before the program begins"
    )]
    #[derive(::core::clone::Clone, Debug, PartialEq, Eq, ::serde::Serialize, ::serde::Deserialize)]
    pub struct Thing(pub u64);

    type Outcome<T> = ::core::result::Result<T, ::std::string::String>;

    /// Loads a thing.
    ///
    /// # Errors
    ///
    /// Never.
    #[::larder::cached(key = "hygiene:thing:<id>,<name>", stale = 5, none_ttl = 5, error_ttl = 5, when = |value| value.is_some())]
    pub async fn thing(
        id: u64,
        name: ::std::string::String,
    ) -> ::core::result::Result<::core::option::Option<Thing>, ::std::string::String> {
        ::std::future::ready(()).await;
        drop(name);
        ::core::result::Result::Ok(::core::option::Option::Some(Thing(id)))
    }

    /// Loads a thing behind an alias, from a pair.
    ///
    /// # Errors
    ///
    /// Never.
    #[::larder::cached(ignore(b), ttl = 60)]
    pub fn plain((a, b): (u64, u64)) -> Outcome<Thing> {
        if b == 0 {
            ::core::result::Result::Err(::std::string::String::new())
        } else {
            ::core::result::Result::Ok(Thing(a))
        }
    }

    impl Thing {
        /// Adds something.
        #[::larder::cached(key = "hygiene:plus:<self.0>,<n>")]
        #[must_use]
        pub fn plus(&self, n: u64) -> u64 {
            self.0 + n
        }

        /// Adds something later.
        #[::larder::cached(key = "hygiene:later:<self.0>,<n>")]
        pub async fn later(&self, n: u64) -> ::core::option::Option<u64> {
            ::std::future::ready(()).await;
            ::core::option::Option::Some(self.0 + n)
        }

        /// Adds something to what it takes.
        #[::larder::cached(key = "hygiene:changed:<self.0>,<n>", stale = 5)]
        pub async fn changed(mut self, mut n: u64) -> u64 {
            ::std::future::ready(()).await;
            self.0 += 1;
            n += 1;
            self.0 + n
        }

        #[::larder::cached(key = "hygiene:inside:<self.0>")]
        async fn inside(&self) -> ::core::result::Result<u64, ::std::string::String> {
            ::std::future::ready(()).await;
            ::core::result::Result::Ok(self.0)
        }

        /// Calls what is private.
        ///
        /// # Errors
        ///
        /// Never.
        pub async fn outside(&self) -> ::core::result::Result<u64, ::std::string::String> {
            self.inside().await
        }
    }

    /// Shows a thing.
    #[must_use]
    pub fn shown(thing: &Thing, __key: u64) -> ::larder::fragment::Text {
        ::larder::fragment!("hygiene.shown", thing.0, __key, ttl = 60, tags = ["hygiene:<thing.0>:<__key>"]; "<b>")
    }

    /// Shows a thing later.
    pub async fn shown_later(thing: &Thing, __key: u64) -> ::larder::fragment::Text {
        ::larder::fragment!("hygiene.shown_later", thing.0, __key; async { ::std::future::ready("<i>").await }).await
    }

    /// Saves a thing.
    ///
    /// # Errors
    ///
    /// Never.
    #[::larder::invalidates(thing(id, "a"), |saved| thing(saved.0, "b"), Thing::plus(&Thing(id), 1))]
    pub async fn save(id: u64) -> ::core::result::Result<Thing, ::std::string::String> {
        ::std::future::ready(()).await;
        ::core::result::Result::Ok(Thing(id))
    }

    /// Saves a thing that may not be there.
    ///
    /// # Errors
    ///
    /// Never.
    #[::larder::updates(thing(id, "a"), |saved| thing(saved.as_ref().map_or(0, |thing| thing.0), "b"))]
    pub fn update(id: u64) -> ::core::result::Result<::core::option::Option<Thing>, ::std::string::String> {
        ::core::result::Result::Ok(::core::option::Option::Some(Thing(id)))
    }

    /// Has nothing to say.
    #[::larder::invalidates(thing(1, "a"))]
    pub fn quiet() {}
}

use hostile::{Thing, plain, save, thing, update};
use larder::testing;

#[tokio::test]
async fn names_of_the_user_do_not_meet_those_of_the_expansion() {
    let _larder = testing::isolated();
    assert_eq!(thing(1, "a".to_owned()).await, Ok(Some(Thing(1))));
    assert_eq!((plain((1, 2)), plain::get((1, 9))), (Ok(Thing(1)), Some(Thing(1))));
    assert_eq!((Thing(1).plus(2), Thing(1).later(2).await, Thing(1).outside().await), (3, Some(3), Ok(1)));
    assert_eq!([hostile::shown(&Thing(1), 2), hostile::shown_later(&Thing(1), 2).await], ["<b>", "<i>"]);
    assert_eq!((Thing(1).changed(2).await, Thing::changed_site().get(&Thing(1), 2).await), (5, Some(5)));
    save(1).await.unwrap();
    assert_eq!(thing::get(1, "a").await, None);
    update(1).unwrap();
    assert_eq!(thing::get(1, "b").await, Some(Some(Thing(1))));
    hostile::quiet();
    assert_eq!(thing::get(1, "a").await, None);
}

/// A crate that hands larder on, as its users see it.
mod reexporter {
    pub mod nested {
        pub use larder as cache;
    }
}

mod user_of_the_reexporter {
    mod larder {}

    use super::reexporter::nested::cache;

    #[cache::cached(key = "hygiene:reexported:<id>", crate = crate::hygiene::reexporter::nested::cache, ttl = 60, stale = 5)]
    pub async fn reexported(id: u64) -> Result<u64, String> {
        Ok(id)
    }

    #[cache::invalidates(reexported(id), crate = super::reexporter::nested::cache)]
    pub async fn forget(id: u64) {
        let _ = id;
    }

    #[cache::updates(reexported(id), crate = cache)]
    pub fn set(id: u64) -> Result<u64, String> {
        Ok(id * 10)
    }

    #[expect(unused_imports, reason = "the empty module is there to be in the way")]
    use larder as _;
}

#[tokio::test]
async fn the_crate_can_be_reached_by_another_path() {
    use user_of_the_reexporter::{forget, reexported, set};
    let _larder = testing::isolated();
    assert_eq!(reexported(1).await, Ok(1));
    assert_eq!(set(1), Ok(10));
    assert_eq!(reexported(1).await, Ok(10));
    forget(1).await;
    assert_eq!(reexported::get(1).await, None);
}

macro_rules! cached_by_a_macro {
    ($name:ident, $argument:ident, $type:ty) => {
        #[larder::cached(key = "hygiene:from_a_macro:<n>", ignore($argument))]
        fn $name($argument: $type, n: u8) -> u8 {
            let local = $argument;
            local + n
        }
    };
}

cached_by_a_macro!(from_a_macro, ignored, u8);

#[test]
fn a_function_that_a_macro_wrote_can_be_cached() {
    let _larder = testing::isolated();
    assert_eq!((from_a_macro(1, 2), from_a_macro::get(2)), (3, Some(3)));
}

#[larder::cached(key = "hygiene:underscores:<__key>,<__miss>,<value>,<this>")]
fn underscores(__key: u8, __miss: u8, value: u8, this: u8) -> u8 {
    __key + __miss + value + this
}

#[test]
#[allow(clippy::used_underscore_binding)]
fn names_with_underscores_belong_to_the_user() {
    let _larder = testing::isolated();
    assert_eq!((underscores(1, 2, 3, 4), underscores::get(1, 2, 3, 4)), (10, Some(10)));
}

macro_rules! with_options {
    ($name:ident, $key:literal, $cache:literal, $version:literal, $ttl:literal, $stale:expr, $part:literal) => {
        #[larder::cached(key = $key, cache = $cache, version = $version, ttl = $ttl, stale = $stale, refresh_ahead = $part, early = $part, verify = $part)]
        fn $name(id: u64) -> u64 {
            id
        }
    };
}

with_options!(handed_over, "hygiene:handed:<id>", "default", 3, 60, 2 * 5, 0.5);

#[test]
fn every_option_can_be_handed_over_by_a_macro() {
    let site = handed_over::site();
    assert_eq!((site.pattern(), site.cache_name(), site.own_version()), ("hygiene:handed:<id>", "default", Some("3")));
    assert_eq!(handed_over(7), 7);
}

/// What an expansion does not allow cannot meet a `forbid`.
#[forbid(unused, dead_code, unused_variables, unused_mut, non_camel_case_types, non_snake_case)]
mod forbidding {
    use larder::{cached, invalidates};

    #[cached(key = "hygiene:forbidding:<id>,<a>", ignore(b))]
    fn function(id: u64, (a, b): (u64, u64)) -> u64 {
        id + a + b
    }

    #[cached(key = "hygiene:forbidding:tagged:<list>:<names.first: Vec<u64>>", tags = ["fixed", "of:<list>"])]
    fn tagged(list: Vec<u64>, names: Names) -> u64 {
        list.len() as u64 + names.first.len() as u64
    }

    pub struct Names {
        pub first: Vec<u64>,
    }

    pub struct Repo(pub u64);

    impl Repo {
        #[cached(key = "hygiene:forbidding:method:<self.0>,<id>,<a>", ignore(b), stale = 5)]
        pub(super) async fn method(&self, id: u64, [a, b]: [u64; 2]) -> u64 {
            self.0 + id + a + b
        }

        #[cached(key = "hygiene:forbidding:private:<self.0>,<a>", ignore(b))]
        fn private(&self, (a, b): (u64, u64)) -> u64 {
            self.0 + a + b
        }

        #[invalidates(function(self.0, (a, b)), Self::method(self, 1, &[a, b]))]
        pub fn forget(&self, (a, b): (u64, u64)) -> u64 {
            a + b
        }
    }

    pub fn all() -> u64 {
        let text = larder::fragment!("hygiene.forbidding", tags = ["hygiene:forbidding"]; "<b>");
        let is_empty = u64::from(text.is_empty());
        is_empty + function(1, (2, 3)) + Repo(1).private((2, 3)) + tagged(vec![4], Names { first: vec![5] })
    }
}

#[tokio::test]
async fn an_expansion_allows_nothing_that_could_be_forbidden() {
    let _larder = testing::isolated();
    let repo = forbidding::Repo(1);
    assert_eq!((forbidding::all(), repo.method(1, [2, 3]).await, repo.forget((2, 3))), (14, 7, 5));
    assert_eq!(forbidding::Repo::method_site().get(&repo, 1, &[2, 4]).await, None);
}

/// An expectation is met where it can be, at the function or in its body, and leaves none unfulfilled.
#[deny(unfulfilled_lint_expectations, unused)]
mod expecting {
    use larder::{cached, invalidates};

    #[expect(dead_code)]
    #[cached(key = "hygiene:expecting:dead:<id>")]
    fn dead(id: u64) -> u64 {
        id
    }

    #[expect(dead_code, unused_variables, reason = "both")]
    #[cached(key = "hygiene:expecting:both:<id>")]
    fn both(id: u64) -> u64 {
        let not_used = 5;
        id
    }

    #[cached(key = "hygiene:expecting:group:<id>")]
    #[expect(unused)]
    pub fn group(id: u64) -> u64 {
        let not_used = 5;
        id
    }

    #[invalidates(group(1))]
    #[cfg_attr(all(), expect(dead_code))]
    fn effects() {}

    pub struct Repo(pub u64);

    impl Repo {
        #[expect(dead_code)]
        #[cached(key = "hygiene:expecting:method:<self.0>", stale = 5)]
        pub(super) async fn method(&self) -> u64 {
            self.0
        }

        #[cfg_attr(all(), expect(dead_code, unused_variables))]
        #[cached(key = "hygiene:expecting:private:<self.0>")]
        fn private(&self) -> u64 {
            let not_used = 5;
            self.0
        }
    }
}

#[test]
fn lints_can_be_expected() {
    let _larder = testing::isolated();
    assert_eq!(expecting::group(expecting::Repo(1).0), 1);
}
