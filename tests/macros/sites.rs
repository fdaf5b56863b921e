//! What keys read, without and with a pattern.

use std::sync::Arc;

use larder::{cached, sites, testing};

#[cached]
fn no_key(id: u64, name: &str) -> String {
    format!("{id}{name}")
}

#[cached(ttl = 60)]
fn no_arguments() -> u8 {
    1
}

#[cached(ignore(scale))]
async fn some_ignored((a, b): (u8, u8), scale: f64) -> u8 {
    let _ = scale;
    a + b
}

#[tokio::test]
async fn without_a_key_it_is_the_whole_path_and_all_arguments() {
    let _larder = testing::isolated();
    assert_eq!(no_key::key(1, "a,b").as_str(), "macros::sites::no_key:1,a%2Cb");
    assert_eq!(no_arguments::key().as_str(), "macros::sites::no_arguments");
    assert_eq!(some_ignored::key((1, 2)).as_str(), "macros::sites::some_ignored:1,2");
    assert_eq!((no_key(1, "a"), no_arguments(), some_ignored((1, 2), 0.5).await), ("1a".to_owned(), 1, 3));
    assert_eq!((no_key::get(1, "a").as_deref(), no_arguments::get()), (Some("1a"), Some(1)));
}

mod same_name {
    #[larder::cached]
    pub fn no_key(id: u64, name: &str) -> String {
        format!("{name}{id}")
    }
}

#[test]
fn two_functions_of_one_name_do_not_share_entries() {
    let _larder = testing::isolated();
    assert_eq!((no_key(1, "a"), same_name::no_key(1, "a")), ("1a".to_owned(), "a1".to_owned()));
}

struct User {
    id: u64,
    path: String,
    tags: Vec<String>,
}

#[cached(key = "sites:<user.id>/<user.path.as_str()>/<user.tags.len()>?<user.tags>")]
fn steps(user: &User) -> u64 {
    user.id
}

#[cached(key = "sites:smart:<user.id>")]
fn behind_a_smart_pointer(user: Arc<User>) -> u64 {
    user.id
}

#[test]
fn a_place_names_fields_and_methods_of_an_argument() {
    let user = User { id: 1, path: "a/b".to_owned(), tags: vec!["x".to_owned()] };
    assert_eq!(steps::key(&user).as_str(), "sites:1/a%2Fb/1?<x,>");
    assert_eq!(behind_a_smart_pointer::key(Arc::new(user)).as_str(), "sites:smart:1");
}

#[test]
fn a_site_is_known_to_the_program() {
    let site = sites().find(|site| site.name() == "steps").expect("it is registered");
    assert_eq!(
        (site.module(), site.pattern()),
        ("macros::sites", "sites:<user.id>/<user.path.as_str()>/<user.tags.len()>?<user.tags>")
    );
    assert!(site.file().ends_with("sites.rs") && site.line() > 1);
    let site =
        sites().find(|site| site.module() == "macros::sites" && site.name() == "no_key").expect("it is registered");
    assert_eq!(site.pattern(), "macros::sites::no_key:<id>,<name>");
}

#[cached(key = "sites:elsewhere", cache = "elsewhere", version = 3)]
fn elsewhere() -> u8 {
    1
}

#[test]
fn a_site_can_name_its_cache_and_version() {
    let _larder = testing::isolated();
    let site = sites().find(|site| site.pattern() == "sites:elsewhere").expect("it is registered");
    assert_eq!((site.cache_name(), site.own_version()), ("elsewhere", Some("3")));
    assert_eq!((elsewhere(), elsewhere::get()), (1, Some(1)));
}

/// The path of a module inside a function does not name the function, so these two have one path.
mod one_path {
    pub fn first() -> u8 {
        mod inner {
            #[larder::cached]
            pub fn number() -> u8 {
                1
            }
        }
        inner::number()
    }

    pub fn second() -> u8 {
        mod inner {
            #[larder::cached]
            pub fn number() -> u8 {
                2
            }
        }
        inner::number()
    }

    /// And neither names the block.
    pub fn third() -> (u8, u8) {
        let third = {
            mod inner {
                #[larder::cached]
                pub fn number() -> u8 {
                    3
                }
            }
            inner::number()
        };
        let fourth = {
            mod inner {
                #[larder::cached]
                pub fn number() -> u8 {
                    4
                }
            }
            inner::number()
        };
        (third, fourth)
    }
}

#[test]
fn two_functions_of_one_path_in_modules_inside_functions_never_read_each_other() {
    let _larder = testing::isolated();
    assert_eq!((one_path::first(), one_path::second()), (1, 2));
    assert_eq!(one_path::third(), (3, 4));
}

#[larder::cached]
fn unnamed(number: u8) -> u8 {
    number
}

/// Entries outside the process are found again by the next release, wherever the function then stands in its file.
#[test]
fn the_mark_of_a_function_without_a_key_is_that_of_its_path_and_says_nothing_of_lines() {
    let pattern = concat!(module_path!(), "::unnamed:<number>");
    assert_eq!(unnamed::key(1).mark(), larder::__private::mark_within(module_path!(), None, pattern));
    assert_eq!(unnamed(3), 3);
}
