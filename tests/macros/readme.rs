//! The code of the README, in a program: a test in `tests/house/docs.rs` looks for each of its lines here.
#![allow(clippy::unused_async, reason = "a database that answers at once")]

use std::sync::Mutex;
use std::time::Duration;

use larder::fragment::{Text, fragment_key};
use larder::{KeyName, KeyPart, Options, Settings, Value, cached, fragment, invalidates, key, updates};

#[derive(Clone, Debug, PartialEq, KeyName, serde::Serialize, serde::Deserialize)]
struct Profile {
    name: String,
    asked: u64,
}

#[derive(Debug)]
struct DbError;

#[derive(KeyName)]
struct User {
    id: u64,
}

struct Blog {
    tenant: u64,
}

#[derive(Default)]
struct Db(Mutex<u64>);

impl Db {
    async fn query(&self, _: &str, id: u64) -> Result<Profile, DbError> {
        let mut asked = self.0.lock().unwrap();
        *asked += 1;
        Ok(Profile { name: format!("user {id}"), asked: *asked })
    }

    async fn update(&self, _: &str, _: u64, name: &str) -> Result<(), DbError> {
        if name.is_empty() { Err(DbError) } else { Ok(()) }
    }
}

#[cached(key = "profile:<id>", ignore(db))]
async fn profile(db: &Db, id: u64) -> Result<Profile, DbError> {
    db.query("select …", id).await
}

#[invalidates(profile(user.id))]
async fn rename(db: &Db, user: &User, name: &str) -> Result<(), DbError> {
    db.update("update …", user.id, name).await
}

#[derive(KeyPart)]
struct Filter {
    author: u64,
    tag: Option<String>,
}

#[updates(profile(id))]
async fn rename_to(db: &Db, id: u64, name: &str) -> Result<Profile, DbError> {
    db.update("update …", id, name).await?;
    db.query("select …", id).await
}

#[cached(key = "title:<author>:<post>", tags = ["author:<author>", "posts"], ignore(db))]
async fn title(db: &Db, author: u64, post: u64) -> Result<String, DbError> {
    larder::entry::tag(format!("length:{}", 5));
    db.query("select …", author + post).await.map(|profile| profile.name)
}

#[invalidates(tag = "author:<user.id>")]
async fn ban(db: &Db, user: &User) -> Result<(), DbError> {
    db.update("update …", user.id, "banned").await
}

impl Blog {
    #[cached(key = "blog:<self.tenant>:<number>", ignore(db))]
    pub async fn page(&self, db: &Db, number: u64) -> Result<Profile, DbError> {
        db.query("select …", self.tenant + number).await
    }

    #[invalidates(Blog::page(self, number))]
    pub async fn edit(&self, db: &Db, number: u64) -> Result<(), DbError> {
        db.update("update …", number, "text").await
    }
}

type AppResult<T> = Result<T, DbError>;

#[cached(key = "row:<T>:<id>", ignore(db), returns = result)]
async fn row<T: KeyName + Value + From<Profile>>(db: &Db, id: u64) -> AppResult<T> {
    db.query("select …", id).await.map(T::from)
}

#[cached(key = "posts:<author.id: u64>", ignore(db))]
async fn posts(db: &Db, author: &User) -> Result<Vec<String>, DbError> {
    db.query("select …", author.id).await.map(|profile| vec![profile.name])
}

#[cached(key = "slow:<id>", ttl = 60, stale = 600)]
async fn slow(id: u64) -> u64 {
    tokio::time::sleep(Duration::from_millis(1)).await;
    id
}

#[tokio::test]
async fn an_old_value_is_served_while_a_new_one_is_loaded() {
    let larder = larder::testing::isolated();
    slow(7).await;
    larder.advance(Duration::from_secs(61));
    slow(7).await;
    larder.settle().await;
    assert_eq!((slow(7).await, slow::stats().loads), (7, 2));
}

async fn fetch(id: u64) -> Result<u64, larder::Error> {
    Ok(id)
}

async fn load(id: u64) -> String {
    format!("user {id}")
}

#[tokio::test]
async fn the_first_screen_does_what_it_says() -> Result<(), DbError> {
    let _larder = larder::testing::isolated();
    let (db, user) = (Db::default(), User { id: 42 });
    let ann = profile(&db, 42).await?;
    assert_eq!(ann.asked, 1);
    let ann = profile(&db, 42).await?;
    assert_eq!(ann.asked, 1);
    assert!(rename(&db, &user, "").await.is_err());
    assert_eq!(profile(&db, 42).await?.asked, 1);
    rename(&db, &user, "Anna").await?;
    assert_eq!(profile(&db, 42).await?.asked, 2);
    Ok(())
}

#[tokio::test]
async fn a_profile_is_kept_for_five_minutes() {
    let db = Db::default();
    let larder = larder::testing::isolated();
    let first = profile(&db, 42).await.unwrap();
    larder.advance(Duration::from_secs(299));
    assert_eq!(profile(&db, 42).await.unwrap(), first);
    larder.advance(Duration::from_secs(1));
    assert_ne!(profile(&db, 42).await.unwrap(), first);
}

#[tokio::test]
async fn the_companion_does_what_the_table_says() -> Result<(), DbError> {
    let _larder = larder::testing::isolated();
    let db = Db::default();
    let value = Profile { name: "by hand".to_owned(), asked: 0 };
    assert!(profile::get(42).await.is_none());
    profile::put(42, value).await;
    assert_eq!(profile(&db, 42).await?.name, "by hand");
    profile::invalidate(42).await;
    profile::refresh(&db, 42).await?;
    profile::uncached(&db, 42).await?;
    assert_eq!(profile(&db, 42).await?.asked, 1);
    assert_eq!(profile::key(42).as_str(), "profile:42");
    assert!(profile::stats().loads > 0);
    let filter = Filter { author: 7, tag: Some("rust".to_owned()) };
    assert_eq!(key!("search:<filter>").as_str(), "search:<author=7,tag=rust>");
    Ok(())
}

impl From<Profile> for String {
    fn from(profile: Profile) -> Self {
        profile.name
    }
}

#[tokio::test]
async fn methods_generic_functions_and_parts_do_what_it_says() -> Result<(), DbError> {
    let _larder = larder::testing::isolated();
    let (db, blog, user) = (Db::default(), Blog { tenant: 100 }, User { id: 42 });
    assert_eq!(profile(&db, 42).await?.asked, 1);
    assert_eq!(rename_to(&db, 42, "Ann").await?.asked, 2);
    assert_eq!(profile(&db, 42).await?.asked, 2, "what was written is kept");

    assert_eq!(blog.page(&db, 1).await?.name, "user 101");
    blog.edit(&db, 1).await?;
    assert_eq!(Blog::page_site().get(&blog, 1).await, None);
    blog.page(&db, 1).await?;
    Blog::page_site().invalidate(&blog, 1).await;
    assert_eq!(Blog::page_site().get(&blog, 1).await, None);

    assert_eq!(row::<String>(&db, 1).await?, "user 1");
    assert_eq!(row::<Profile>(&db, 1).await?.name, "user 1");
    assert_eq!(posts(&db, &user).await?, ["user 42"]);
    row::invalidate::<String>(42).await;
    posts::invalidate(42).await;
    assert_eq!(posts::get(42).await, None);
    Ok(())
}

#[tokio::test]
async fn tags_do_what_it_says() -> Result<(), Box<dyn std::error::Error>> {
    let _larder = larder::testing::isolated();
    let (db, user) = (Db::default(), User { id: 42 });
    for tag in ["author:42", "posts", "length:5"] {
        title(&db, 42, 1).await.unwrap();
        assert!(title::get(42, 1).await.is_some());
        match tag {
            "author:42" => ban(&db, &user).await.unwrap(),
            "posts" => {
                larder::invalidate_tag("posts").await?;
            }
            tag => larder::invalidate_tag(tag).await?,
        }
        assert_eq!(title::get(42, 1).await, None, "{tag}");
    }
    Ok(())
}

fn sidebar(user: &User) -> Text {
    fragment!("sidebar", user.id, ttl = 500; format!("<nav>{}</nav>", user.id))
}

#[test]
fn the_fragment_of_the_readme_is_kept_under_its_key() {
    let larder = larder::testing::isolated();
    assert_eq!(sidebar(&User { id: 7 }), "<nav>7</nav>");
    assert!(larder.cache("default").blocking().has(fragment_key("sidebar", [7])).unwrap());
}

#[tokio::test]
async fn a_cache_by_hand_does_what_it_says() -> Result<(), larder::Error> {
    let _larder = larder::testing::isolated();
    let id = 7_u64;
    let cache = larder::cache("default")?;
    let user = cache.get_or_load(key!("user:<id>"), Options::ttl(300), || async { load(id).await }).await;
    assert_eq!(user, "user 7");
    let row = cache.try_get_or_load("row:7", Options::ttl(300), || fetch(7)).await?;
    assert_eq!(cache.get::<u64>("row:7").await?, Some(row));
    cache.add("visits", 0_i64, Options::forever()).await?;
    cache.incr("visits", 1).await?;
    assert_eq!(cache.blocking().get::<i64>("visits")?, Some(1));
    let mine = cache.namespace("user:7");
    mine.set("draft", "text".to_owned(), Options::ttl(60)).await?;
    assert!(mine.has("draft").await?);
    mine.invalidate().await?;
    assert!(!mine.has("draft").await?);
    Ok(())
}

/// It would install caches for all tests of this program, and look at all of its sites.
#[expect(dead_code, reason = "that it compiles is what is tested")]
fn configure() -> Result<(), Box<dyn std::error::Error>> {
    larder::init()?;
    larder::builder()
        .cache("default", Settings::memory().max_entries(50_000).ttl(600))
        .cache("sessions", Settings::memory().max_bytes(64 << 20).key_prefix("shop"))
        .install()?;
    larder::check()?;
    larder::check().unwrap();
    profile::site().switch_off();
    Ok(())
}
