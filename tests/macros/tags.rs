//! Tags on cached functions, and functions that invalidate by them.

use larder::{KeyName, cached, entry, invalidate_tag_blocking, invalidates, testing};

use crate::Runs;

struct Post {
    id: u64,
    author: u64,
}

#[cached(key = "tags:post:<post.id>", tags = ["tags:posts", "tags:author:<post.author>"])]
fn rendered(post: &Post) -> String {
    format!("{} by {}", post.id, post.author)
}

#[cached(key = "tags:count:<author.id: u64>:<kind>", tags = ["tags:author:<author.id>", "tags:kind:<kind>"], ignore(runs))]
async fn count(runs: &Runs, author: &Author, kind: String) -> Result<usize, String> {
    let _ = (author, kind);
    Ok(runs.next())
}

struct Author {
    id: u64,
}

#[cached(key = "tags:all:<T>", tags = ["tags:type:<T>", "tags:posts"])]
fn all<T: KeyName>() -> String {
    T::KEY_NAME.to_owned()
}

struct Shop {
    tenant: u64,
}

impl Shop {
    #[cached(key = "tags:price:<self.tenant>:<product>", tags = ["tags:tenant:<self.tenant>"])]
    pub fn price(&self, product: u64) -> u64 {
        self.tenant + product
    }

    #[invalidates(tag = "tags:tenant:<self.tenant>")]
    fn close(&self) {}
}

trait Priced {
    fn priced(&self, product: u64) -> u64;
}

impl Priced for Shop {
    #[cached(key = "tags:priced:<self.tenant>:<product>", tags = ["tags:tenant:<self.tenant>"])]
    fn priced(&self, product: u64) -> u64 {
        self.tenant * product
    }
}

const ONE: Post = Post { id: 1, author: 7 };
const TWO: Post = Post { id: 2, author: 8 };

#[test]
fn a_function_is_kept_under_tags_written_from_its_arguments() {
    let _larder = testing::isolated();
    let fill = || (rendered(&ONE), rendered(&TWO), all::<u8>(), all::<u16>());
    let kept = || (rendered::get(&ONE).is_some(), rendered::get(&TWO).is_some(), all::get::<u8>().is_some());
    for (tag, left) in [
        ("tags:author:7", (false, true, true)),
        ("tags:type:u8", (true, true, false)),
        ("tags:posts", (false, false, false)),
        ("tags:author:70", (true, true, true)),
    ] {
        fill();
        invalidate_tag_blocking(tag).unwrap();
        assert_eq!(kept(), left, "{tag}");
    }
}

#[tokio::test]
async fn what_a_companion_writes_has_the_same_tags() {
    let _larder = testing::isolated();
    let (runs, author) = (Runs::default(), Author { id: 7 });
    count::put(7, "draft", 5).await;
    assert_eq!(count(&runs, &author, "draft".to_owned()).await, Ok(5));
    invalidate_tag_blocking("tags:kind:draft").unwrap();
    assert_eq!(count::get(7, "draft").await, None);
    assert_eq!(count::refresh(&runs, &author, "draft".to_owned()).await, Ok(1));
    invalidate_tag_blocking("tags:author:7").unwrap();
    assert_eq!(count::get(7, "draft").await, None);
    rendered::put(&ONE, "by hand".to_owned());
    invalidate_tag_blocking("tags:author:7").unwrap();
    assert_eq!(rendered::get(&ONE), None);
}

#[larder::updates(rendered(post))]
fn write(post: &Post, text: &str) -> String {
    let _ = post;
    text.to_owned()
}

#[test]
fn what_is_written_by_another_function_has_the_tags_too() {
    let _larder = testing::isolated();
    write(&ONE, "new");
    assert_eq!(rendered(&ONE), "new");
    invalidate_tag_blocking("tags:posts").unwrap();
    assert_eq!(rendered(&ONE), "1 by 7");
}

#[test]
fn methods_have_tags_and_a_method_can_invalidate_by_one() {
    let _larder = testing::isolated();
    let (one, two) = (Shop { tenant: 1 }, Shop { tenant: 2 });
    for shop in [&one, &two] {
        assert_eq!((shop.price(10), shop.priced(10)), (shop.tenant + 10, shop.tenant * 10));
    }
    one.close();
    assert_eq!((Shop::price_site().get(&one, 10), Shop::price_site().get(&two, 10)), (None, Some(12)));
    Shop::price_site().put(&one, 10, 99);
    assert_eq!(one.price(10), 99);
    one.close();
    assert_eq!(one.price(10), 11);
}

#[invalidates(rendered(post), tag = "tags:author:<post.author>", tag = "tags:posts")]
fn save(post: &Post, works: bool) -> Result<(), String> {
    let _ = post;
    if works { Ok(()) } else { Err("refused".to_owned()) }
}

#[invalidates(tag = "tags:author:<author>", before)]
async fn leave(author: u64) {
    assert_eq!(rendered::get_async(&ONE).await, None);
    let _ = author;
    std::future::pending::<()>().await;
}

#[test]
fn a_write_invalidates_by_tags_after_success_before_or_when_it_is_left() {
    let _larder = testing::isolated();
    rendered(&ONE);
    assert!(save(&ONE, false).is_err());
    assert!(rendered::get(&ONE).is_some());
    save(&ONE, true).unwrap();
    assert_eq!(rendered::get(&ONE), None);
    rendered(&ONE);
    let mut left = Box::pin(leave(7));
    assert!(left.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())).is_pending());
    drop(left);
    assert_eq!(rendered::get(&ONE), None);
}

#[cached(key = "tags:told:<id>")]
fn told(id: u64) -> u64 {
    entry::tag(format!("tags:told:{}", id / 10));
    id
}

#[test]
fn a_body_tells_tags_that_only_its_result_knows() {
    let _larder = testing::isolated();
    assert_eq!((told(11), told(21)), (11, 21));
    invalidate_tag_blocking("tags:told:1").unwrap();
    assert_eq!((told::get(11), told::get(21)), (None, Some(21)));
}

#[invalidates(tag = "tags:type:<T>")]
fn forget<T: KeyName>() {}

#[test]
fn a_generic_function_invalidates_by_the_tag_of_its_type() {
    let _larder = testing::isolated();
    assert_eq!((all::<u8>(), all::<u16>()), ("u8".to_owned(), "u16".to_owned()));
    forget::<u8>();
    assert_eq!((all::get::<u8>(), all::get::<u16>()), (None, Some("u16".to_owned())));
}
