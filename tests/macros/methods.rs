//! Methods: their receiver counts as an argument, and their companion is a value.

use std::sync::Arc;

use larder::{cached, invalidates, testing, updates};

use crate::Runs;

#[derive(Default)]
struct Repo {
    tenant: u32,
    runs: Runs,
}

impl Repo {
    fn of(tenant: u32) -> Self {
        Self { tenant, runs: Runs::default() }
    }

    #[cached(key = "methods:name:<self.tenant>:<id>")]
    pub fn name(&self, id: u64) -> String {
        self.runs.next();
        format!("{}/{id}", self.tenant)
    }

    #[cached(key = "methods:load:<self.tenant>:<id>")]
    pub async fn load(&self, id: u64, _: &str) -> Result<u64, String> {
        self.runs.next();
        if id == 0 {
            return Err("no such thing".to_owned());
        }
        Ok(id * 10)
    }

    #[cached(key = "methods:owned:<self.tenant>:<text>")]
    pub async fn owned(self: Arc<Self>, text: String) -> usize {
        self.runs.next();
        text.len()
    }

    #[cached(key = "methods:boxed:<self.tenant>")]
    pub fn boxed(self: Box<Self>) -> u32 {
        self.tenant
    }

    #[cached(key = "methods:moved:<self.tenant>")]
    pub fn moved(self) -> u32 {
        let Self { tenant, .. } = self;
        tenant
    }

    #[cached(key = "methods:answer:<n>", associated)]
    pub fn answer(n: u8) -> u8 {
        n
    }

    #[cached(key = "methods:private:<self.tenant>")]
    async fn private(&self) -> Option<u32> {
        self.runs.next();
        let found = Some(self.tenant)?;
        Some(found)
    }

    #[cached(key = "methods:renamed:<self.tenant: u32>", companion = tenants)]
    fn renamed(&self) -> u32 {
        self.tenant
    }

    #[invalidates(Repo::load(self, id), Self::name(self, id))]
    async fn save(&self, id: u64) -> Result<(), String> {
        if id == 13 { Err("refused".to_owned()) } else { Ok(()) }
    }

    #[updates(Self::load(self, id))]
    async fn set(&self, id: u64) -> Result<u64, String> {
        Ok(id * 100)
    }
}

#[test]
fn two_receivers_do_not_share_entries() {
    let _larder = testing::isolated();
    let (one, two) = (Repo::of(1), Repo::of(2));
    assert_eq!([one.name(5), one.name(5), two.name(5)], ["1/5", "1/5", "2/5"]);
    assert_eq!((one.runs.count(), two.runs.count()), (1, 1));
}

#[test]
fn the_companion_of_a_method_does_what_that_of_a_function_does() {
    let _larder = testing::isolated();
    let repo = Repo::of(1);
    assert_eq!(Repo::name_site().key(&repo, 5).as_str(), "methods:name:1:5");
    assert_eq!(Repo::name_site().get(&repo, 5), None);
    assert_eq!(repo.name_uncached(5), "1/5");
    assert_eq!(Repo::name_site().get(&repo, 5), None, "uncached leaves the cache alone");
    Repo::name_site().put(&repo, 5, "put".to_owned());
    assert_eq!(repo.name(5), "put");
    assert_eq!(repo.name_refresh(5), "1/5");
    assert_eq!(Repo::name_site().get(&repo, 5).as_deref(), Some("1/5"));
    Repo::name_site().invalidate(&repo, 5);
    assert_eq!(Repo::name_site().get(&repo, 5), None);
    assert!(Repo::name_site().stats().invalidated >= 1);
}

#[tokio::test]
async fn async_methods_are_cached() {
    let _larder = testing::isolated();
    let repo = Repo::of(1);
    assert_eq!((repo.load(1, "a").await, repo.load(1, "b").await), (Ok(10), Ok(10)));
    assert!(repo.load(0, "").await.is_err() && repo.load(0, "").await.is_err());
    assert_eq!(repo.runs.count(), 3, "an error is not kept");
    assert_eq!(Repo::load_site().get(&repo, 1).await, Some(10));
}

#[tokio::test]
async fn every_form_of_receiver_works() {
    let _larder = testing::isolated();
    let repo = Arc::new(Repo::of(7));
    assert_eq!(Arc::clone(&repo).owned("abc".to_owned()).await, 3);
    assert_eq!(Arc::clone(&repo).owned("abc".to_owned()).await, 3);
    assert_eq!(repo.runs.count(), 1);
    assert_eq!(Repo::owned_site().get(&repo, "abc").await, Some(3));
    assert_eq!((Box::new(Repo::of(8)).boxed(), Repo::of(9).moved(), Repo::answer(3)), (8, 9, 3));
    assert_eq!(Repo::answer_site().get(3), Some(3));
}

#[tokio::test]
async fn a_private_method_has_everything_inside_itself() {
    let _larder = testing::isolated();
    let repo = Repo::of(4);
    assert_eq!((repo.private().await, repo.private().await), (Some(4), Some(4)));
    assert_eq!(repo.runs.count(), 1);
}

#[test]
fn a_private_method_can_ask_for_a_companion_and_name_it() {
    let _larder = testing::isolated();
    assert_eq!(Repo::of(4).renamed(), 4);
    assert_eq!(Repo::tenants_site().get(4), Some(4), "the part alone is enough where its type is written");
}

trait Loads {
    fn load(&self, id: u64) -> impl Future<Output = String> + Send;
    fn twice(n: u32) -> u32;
    fn tripled(&self) -> u32;
}

struct Disk {
    name: String,
}

impl Loads for Disk {
    #[cached(key = "methods:disk:<self.name>:<id>")]
    async fn load(&self, id: u64) -> String {
        format!("{}:{id}", self.name)
    }

    #[cached(key = "methods:twice:<n>", associated)]
    fn twice(mut n: u32) -> u32 {
        n *= 2;
        n
    }

    #[cached(key = "methods:tripled:<self.name.len()>")]
    fn tripled(&self) -> u32 {
        u32::try_from(self.name.len()).unwrap_or_default() * 3
    }
}

#[tokio::test]
async fn functions_in_the_impl_of_a_trait_are_cached() {
    let _larder = testing::isolated();
    let disk = Disk { name: "a".to_owned() };
    assert_eq!((disk.load(1).await, disk.load(1).await), ("a:1".to_owned(), "a:1".to_owned()));
    assert_eq!((Disk::twice(2), Disk::twice(2), disk.tripled()), (4, 4, 3));
}

#[tokio::test]
async fn a_method_can_invalidate_and_update_methods() {
    let _larder = testing::isolated();
    let repo = Repo::of(1);
    repo.load(5, "").await.unwrap();
    repo.name(5);
    repo.save(5).await.unwrap();
    assert_eq!(Repo::load_site().get(&repo, 5).await, None);
    assert_eq!(Repo::name_site().get(&repo, 5), None);
    repo.load(13, "").await.unwrap();
    repo.save(13).await.unwrap_err();
    assert_eq!(Repo::load_site().get(&repo, 13).await, Some(130), "a failed write leaves what is kept");
    repo.set(5).await.unwrap();
    assert_eq!(repo.load(5, "").await, Ok(500));
}

mod elsewhere {
    pub struct Api;

    impl Api {
        #[larder::cached(key = "methods:elsewhere:<id>", ignore(self))]
        pub fn get(&self, id: u8) -> u8 {
            id
        }
    }
}

#[test]
fn the_companion_is_as_visible_as_its_method() {
    let _larder = testing::isolated();
    assert_eq!((elsewhere::Api.get(1), elsewhere::Api::get_site().get(1)), (1, Some(1)));
}
