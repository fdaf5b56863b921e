//! Generic functions: what a key is generic over is in the key.

use std::fmt::Display;

use larder::{KeyName, KeyPart, cached, testing};

use crate::Runs;

trait Row: KeyName + Clone + Send + Sync + 'static {
    fn load(id: u64) -> Self;
}

#[derive(Clone, Debug, PartialEq)]
struct User(u64);

#[derive(Clone, Debug, PartialEq)]
struct Post(u64);

impl KeyName for User {
    const KEY_NAME: &'static str = "user";
}

impl KeyName for Post {
    const KEY_NAME: &'static str = "post";
}

impl Row for User {
    fn load(id: u64) -> Self {
        Self(id)
    }
}

impl Row for Post {
    fn load(id: u64) -> Self {
        Self(id)
    }
}

#[cached(key = "generics:find:<T>:<id>", returns = value, local, ignore(runs))]
fn find<T: Row>(runs: &Runs, id: u64) -> T {
    runs.next();
    T::load(id)
}

#[test]
fn two_types_of_one_function_do_not_share_entries() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    assert_eq!(find::<User>(&runs, 1), User(1));
    assert_eq!(find::<Post>(&runs, 1), Post(1));
    assert_eq!(find::<User>(&runs, 1), User(1));
    assert_eq!(runs.count(), 2);
    assert_eq!(find::key::<User>(1).as_str(), "generics:find:user:1");
    assert_eq!(find::get::<Post>(1), Some(Post(1)));
    assert_eq!(find::stats().loads, 2);
}

#[cached(key = "generics:described:<T>:<value>")]
fn described<T>(value: T) -> String
where
    T: KeyPart + KeyName + Display,
{
    value.to_string()
}

#[test]
fn the_companion_finds_out_the_type_of_a_generic_argument() {
    let _larder = testing::isolated();
    assert_eq!(described(5_u8), "5");
    assert_eq!(described::get(&5_u8).as_deref(), Some("5"));
    assert_eq!(described::get(&5_u16), None, "the type is in the key");
    assert_eq!(described::get::<u8>(&5).as_deref(), Some("5"));
}

#[cached(key = "generics:repeated:<N>:<n>")]
fn repeated<const N: usize>(n: u8) -> Vec<u8> {
    vec![n; N]
}

#[test]
fn a_constant_parameter_is_in_the_key_by_its_value() {
    let _larder = testing::isolated();
    assert_eq!((repeated::<2>(7), repeated::<3>(7)), (vec![7, 7], vec![7, 7, 7]));
    assert_eq!(repeated::key::<3>(7).as_str(), "generics:repeated:3:7");
    repeated::invalidate::<2>(7);
    assert_eq!((repeated::get::<2>(7), repeated::get::<3>(7)), (None, Some(vec![7, 7, 7])));
}

#[cached(key = "generics:summed:<numbers>", ignore(N))]
fn summed<const N: usize>(numbers: [u32; N]) -> u32 {
    numbers.iter().sum()
}

/// Stands for a connection that functions are generic over.
trait Db: Sync {
    fn ask(&self, id: u64) -> u64;
}

impl Db for u64 {
    fn ask(&self, id: u64) -> u64 {
        *self + id
    }
}

#[cached(key = "generics:asked:<id>", ignore(db))]
async fn asked<D>(db: &D, id: u64) -> Result<u64, String>
where
    D: Db + ?Sized,
{
    Ok(db.ask(id))
}

#[tokio::test]
async fn a_parameter_of_ignored_arguments_alone_is_not_asked_of_the_companion() {
    let _larder = testing::isolated();
    assert_eq!(asked(&10_u64, 1).await, Ok(11));
    assert_eq!(asked(&20_u64, 1).await, Ok(11));
    assert_eq!(asked::get(1).await, Some(11));
    assert_eq!((summed([1, 2]), summed::get(&[1, 2])), (3, Some(3)));
}

#[derive(Clone, Debug, PartialEq, Default)]
struct Wrapper<T>(T);

impl<T: KeyName + Clone + Default + Send + Sync + 'static> Wrapper<T> {
    #[cached(key = "generics:wrapped:<T>:<n>", local)]
    pub fn wrapped(n: u8) -> (Self, u8) {
        (Self::default(), n)
    }

    #[cached(key = "generics:length:<n>", ignore(Self))]
    pub fn length(_: &Self, n: u8) -> u8 {
        n
    }
}

#[test]
fn a_method_of_a_generic_type_names_the_parameters_of_its_type() {
    let _larder = testing::isolated();
    assert_eq!(Wrapper::<u8>::wrapped(1), (Wrapper(0), 1));
    assert_eq!(Wrapper::<String>::wrapped(1), (Wrapper(String::new()), 1));
    assert_eq!(Wrapper::<u8>::wrapped_site().key(1).as_str(), "generics:wrapped:u8:1");
    assert_eq!(Wrapper::<u16>::wrapped_site().get(1), None);
    assert_eq!(Wrapper::<u8>::length(&Wrapper(1), 1), 1);
    assert_eq!(Wrapper::<u16>::length_site().get(1), Some(1), "the type was ignored");
}

trait Describes {
    #[cached(key = "generics:described_by:<n>", ignore(self, Self))]
    fn described(&self, n: u8) -> String {
        format!("{n}")
    }
}

impl Describes for u8 {}

impl<T: KeyName> Wrapper<T> {
    #[cached(key = "generics:named_inside:<T>:<n>")]
    fn named_inside(n: u8, _: &Self) -> String {
        format!("{}{n}", T::KEY_NAME)
    }

    #[cached(key = "generics:found_inside:<T>:<U>:<id>", ignore(self))]
    async fn found_inside<U: KeyName>(&self, id: u8) -> Result<String, String> {
        if id == 0 { Err("none") } else { Ok(U::KEY_NAME.to_owned()) }.map_err(str::to_owned)
    }
}

#[tokio::test]
async fn private_methods_of_generic_types_and_default_methods_are_cached() {
    let _larder = testing::isolated();
    assert_eq!((1_u8.described(2), 2_u8.described(2)), ("2".to_owned(), "2".to_owned()));
    assert_eq!(Wrapper::named_inside(1, &Wrapper(1_u8)), "u81");
    assert_eq!(Wrapper::named_inside(1, &Wrapper(1_u16)), "u161");
    assert_eq!(Wrapper(1_u8).found_inside::<u32>(1).await.as_deref(), Ok("u32"));
    assert_eq!(Wrapper(1_u8).found_inside::<i32>(1).await.as_deref(), Ok("i32"));
    assert!(Wrapper(1_u8).found_inside::<i32>(0).await.is_err());
}

struct Borrowing<'a>(&'a str);

impl Borrowing<'_> {
    #[cached(key = "generics:size:<self.0>")]
    pub fn size(&self) -> usize {
        self.0.len()
    }
}

#[test]
fn a_type_that_is_generic_over_lifetimes_only_need_not_say_so() {
    let _larder = testing::isolated();
    let text = "abc".to_owned();
    assert_eq!(Borrowing(&text).size(), 3);
    assert_eq!(Borrowing::size_site().get(&Borrowing("abc")), Some(3));
}

struct Shelf<const WIDTH: usize>;

impl<const WIDTH: usize> Shelf<WIDTH> {
    #[cached(key = "generics:shelf:<WIDTH: usize>:<row>", ignore(self))]
    pub fn place(&self, row: usize) -> usize {
        WIDTH * row
    }
}

#[test]
fn a_constant_of_the_type_around_a_method_says_its_type_in_the_key() {
    let _larder = testing::isolated();
    assert_eq!((Shelf::<3>.place(2), Shelf::<4>.place(2)), (6, 8));
    assert_eq!(Shelf::<3>::place_site().key(2).as_str(), "generics:shelf:3:2");
}

struct Pair<A, B>(std::marker::PhantomData<(A, B)>);

impl<A: KeyName, B: Default + ToString> Pair<A, B> {
    #[cached(key = "generics:pair:<A>", associated)]
    pub fn second() -> String {
        B::default().to_string()
    }

    #[cached(key = "generics:no_parameter:<User>", associated)]
    pub fn second_again() -> String {
        B::default().to_string()
    }

    /// It is not public, so that it has no companion.
    #[cached(key = "generics:pair_inside:<A>", ignore(self))]
    fn second_inside(&self) -> String {
        B::default().to_string()
    }
}

#[test]
fn a_parameter_of_a_type_that_the_key_forgets_beside_another_one_mixes_nothing_up() {
    let _larder = testing::isolated();
    assert_eq!((Pair::<u8, u8>::second(), Pair::<u8, String>::second()), ("0".to_owned(), String::new()));
    assert_eq!(
        (Pair::<u8, u8>::second_again(), Pair::<u8, bool>::second_again()),
        ("0".to_owned(), "false".to_owned())
    );
    let pairs = (Pair::<u8, u8>(std::marker::PhantomData), Pair::<u8, bool>(std::marker::PhantomData));
    assert_eq!((pairs.0.second_inside(), pairs.1.second_inside()), ("0".to_owned(), "false".to_owned()));
    assert_eq!(pairs.1.second_inside(), "false");
    assert_eq!(Pair::<u8, bool>::second_again_site().get().as_deref(), Some("false"));
    assert_eq!(Pair::<u8, u8>::second_again_site().get(), None);
}
