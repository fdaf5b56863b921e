//! The tests, each on the stores that it is for. They know a blog by its address alone, and not which framework is
//! behind it.

use std::env;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use crate::site::{Open, Site, Store};
use crate::{edits, failures, hits, looks, people, program, windows};

/// A test, by its name.
pub type Test = (&'static str, fn(Site) -> Running);

pub type Running = std::pin::Pin<Box<dyn Future<Output = ()>>>;

/// Lists the tests of a module.
macro_rules! tests {
    ($($name:ident),+ $(,)?) => {
        pub const TESTS: &[crate::trials::Test] = &[$((stringify!($name), |site| Box::pin($name(site)))),+];
    };
}
pub(crate) use tests;

const TESTS: &[&[Test]] = &[people::TESTS, edits::TESTS, failures::TESTS, hits::TESTS];

/// Runs them, and those of one site alone.
pub fn run(own: impl IntoIterator<Item = Trial>) {
    let arguments = Arguments::from_args();
    let stores = [Store::Memory, Store::Redis];
    let trials = stores.into_iter().flat_map(|store| {
        let tests = TESTS.iter().copied().flatten().map(move |test| trial(store, Store::open, test));
        let windows = windows::TESTS.iter().chain(looks::TESTS);
        tests.chain(windows.map(move |test| trial(store, Store::open_for_windows, test)))
    });
    libtest_mimic::run(&arguments, trials.chain(program::trials()).chain(own).collect()).exit();
}

fn trial(store: Store, open: fn(Store) -> Result<Open, String>, &(name, test): &'static Test) -> Trial {
    Trial::ignorable_test(format!("{}::{name}", store.name()), move || match open(store) {
        Ok(open) => {
            // One thread: the tasks of the blog, and those of the test, see the caches of the test.
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async { test(Site::start(open)).await });
            Ok(Completion::Completed)
        }
        Err(why) if store.is_built() && env::var_os("LARDER_REQUIRE_SERVERS").is_some() => Err(Failed::from(why)),
        Err(why) => Ok(Completion::ignored_with(why)),
    })
}
