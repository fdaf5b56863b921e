//! Every annotated place of the program: found, counted, switched, and held against the caches that there are.

use larder::{Settings, cached, testing};

use crate::Runs;

#[cached(key = "sites:counted:<number>", ignore(runs))]
fn counted(number: u64, runs: &Runs) -> u64 {
    runs.next();
    number
}

#[cached(key = "sites:elsewhere:<number>", cache = "elsewhere")]
fn elsewhere(number: u64) -> u64 {
    number + 1
}

#[test]
fn a_place_in_a_module_of_a_library_that_nobody_calls_is_found() {
    let found: Vec<_> = larder::sites().map(larder::Site::pattern).collect();
    assert!(found.contains(&"linked:unused:<number>"), "{found:?}");
    assert_eq!(linked::triple(7), 21, "the library is linked for what is used of it");
}

#[test]
fn two_crates_with_one_pattern_never_read_each_others_values() {
    #[cached(key = "linked:used:<number>")]
    fn triple(number: u64) -> u64 {
        number * 1000
    }
    let _larder = testing::isolated();
    assert_eq!((linked::triple(4), triple(4), linked::triple(4)), (12, 4000, 12));
}

/// Whose an entry is does not change by its being counted, whoever counts it.
#[test]
fn an_entry_that_is_counted_by_its_text_stays_with_its_function() {
    #[cached(key = "sites:visits:<page>")]
    fn visits(page: u64) -> i64 {
        100 * i64::try_from(page).unwrap()
    }
    #[cached(key = "sites:tagged:<page>", tags = ["sites"])]
    fn tagged(page: u64) -> i64 {
        visits(page)
    }
    let larder = testing::isolated();
    let handle = larder.cache("default");
    let cache = handle.blocking();
    assert_eq!((visits(1), tagged(1)), (100, 100));
    for (text, get) in [("sites:visits:1", visits::get as fn(u64) -> _), ("sites:tagged:1", tagged::get)] {
        assert_eq!(cache.incr(text, 5).unwrap(), 105);
        assert_eq!((get(1), cache.get::<i64>(text).unwrap()), (Some(105), None));
    }
}

#[test]
fn a_place_knows_where_it_stands() {
    let site = larder::sites().find(|site| site.pattern() == "sites:counted:<number>").expect("it is listed");
    assert_eq!((site.name(), site.file(), site.cache_name()), ("counted", file!(), "default"));
    assert_eq!(site.module(), module_path!());
    assert!(site.line() > 5);
}

#[test]
fn a_place_counts_what_happens_to_its_callers() {
    let _larder = testing::isolated();
    let (runs, before) = (Runs::default(), counted::stats());
    counted(100, &runs);
    counted(100, &runs);
    let after = counted::stats();
    assert_eq!((after.hits - before.hits, after.misses - before.misses), (1, 1));
    assert!(after.hit_rate() > 0.0);
}

#[test]
fn a_look_beside_a_function_counts_for_the_function_and_its_cache() {
    #[cached(key = "sites:looked_at:<number>")]
    fn looked_at(number: u64) -> u64 {
        number
    }
    let larder = testing::isolated();
    let counted = || {
        let (site, cache) = (looked_at::stats(), larder.cache("default").stats());
        [(site.hits, site.misses, site.foreign), (cache.hits, cache.misses, cache.foreign)]
    };
    let key = looked_at::key(1);
    assert_eq!(looked_at::get(1), None);
    looked_at::put(1, 7);
    assert_eq!(looked_at::get(1), Some(7));
    larder.cache("default").blocking().set(key, "a text".to_owned(), larder::Options::DEFAULT).unwrap();
    assert_eq!(looked_at::get(1), None);
    assert_eq!(counted(), [(1, 2, 1); 2]);
}

#[test]
fn a_place_can_be_switched_off_and_on() {
    #[cached(key = "sites:switched:<number>", ignore(runs))]
    fn switched(number: u64, runs: &Runs) -> u64 {
        runs.next() as u64 + number
    }
    let _larder = testing::isolated();
    let runs = Runs::default();
    switched::site().switch_off();
    assert_eq!((switched(0, &runs), switched(0, &runs)), (1, 2));
    switched::site().switch_on();
    assert_eq!((switched(0, &runs), switched(0, &runs)), (3, 3));
}

#[test]
fn a_body_runs_although_its_cache_does_not_exist() {
    assert_eq!((elsewhere(1), elsewhere(1)), (2, 2));
    assert!(elsewhere::stats().trouble >= 2, "and that is counted");
}

#[test]
fn every_verb_counts_once_that_its_cache_does_not_exist() {
    #[cached(key = "sites:missing:<number>", cache = "elsewhere")]
    fn missing(number: u64) -> u64 {
        number
    }
    #[larder::updates(missing(number))]
    fn update(number: u64) -> u64 {
        number
    }
    let counted = |verb: &dyn Fn()| {
        let before = missing::stats().trouble;
        verb();
        missing::stats().trouble - before
    };
    assert_eq!(counted(&|| assert_eq!(missing::get(1), None)), 1);
    assert_eq!(counted(&|| missing::put(1, 1)), 1);
    assert_eq!(counted(&|| assert_eq!(update(1), 1)), 1);
    assert_eq!(counted(&|| missing::invalidate(1)), 1);
    assert_eq!(counted(&|| assert_eq!(missing::refresh(1), 1)), 1);
}

#[test]
fn everything_that_the_compiler_cannot_see_is_reported_together_with_file_and_line() {
    let problems = larder::check().expect_err("this program has places without a home").to_string();
    let line = |what: &str| problems.lines().find(|line| line.contains(what)).unwrap_or_else(|| panic!("{problems}"));
    let unknown = line("elsewhere");
    assert!(unknown.contains(file!()) && unknown.contains("there is no cache named `elsewhere`"), "{unknown}");
    let meeting = line("sites:meeting:me");
    assert!(meeting.contains("sites:meeting:<name>") && meeting.matches(file!()).count() == 2, "{meeting}");
}

#[test]
fn a_value_that_cannot_leave_the_process_is_reported_where_its_cache_lives_outside() {
    #[cached(key = "sites:local:<number>", cache = "outside", local)]
    fn local(number: u64) -> u64 {
        number
    }
    #[cached(key = "sites:tagged:<number>", cache = "outside", tags = ["sites:tag"])]
    fn tagged(number: u64) -> u64 {
        number
    }
    let backend = larder::backend::Memory::new(larder::clock::Clock::manual());
    let _larder = testing::isolated_with([("outside", Settings::backend(backend))]).unwrap();
    assert_eq!((local(1), tagged(1)), (1, 1));
    let problems = larder::check().expect_err("a place cannot work").to_string();
    let line = |what: &str| problems.lines().find(|line| line.contains(what)).unwrap_or_else(|| panic!("{problems}"));
    let local = line("::local`");
    assert!(
        local.contains("keeps values that cannot leave the process (`local`)") && local.contains(file!()),
        "{local}"
    );
    assert!(!problems.contains("::tagged`"), "tags go along: {problems}");
}

#[test]
fn a_cache_that_nobody_uses_is_a_problem_where_its_name_is_nearly_one_that_nobody_describes() {
    let settings = ["defualt", "by_hand"].map(|name| (name, Settings::memory()));
    let _larder = testing::isolated_with(settings).unwrap();
    let problems = larder::check().expect_err("other places of this program meet").to_string();
    assert!(
        problems.contains("the cache `defualt` is used by no function, and `default` is, which nobody describes"),
        "{problems}"
    );
    assert!(!problems.contains("by_hand"), "who uses it by hand says so to nobody: {problems}");
    let _larder = testing::isolated_with([("defualt", Settings::memory()), ("default", Settings::memory())]).unwrap();
    let problems = larder::check().expect_err("other places of this program meet").to_string();
    assert!(!problems.contains("defualt"), "both are described: {problems}");
}

mod meeting {
    #[larder::cached(key = "sites:meeting:<name>")]
    pub fn by_name(name: &str) -> String {
        format!("by name {name}")
    }

    #[larder::cached(key = "sites:meeting:me")]
    pub fn me() -> String {
        "me".to_owned()
    }
}

#[test]
fn two_places_whose_keys_meet_never_read_each_others_values() {
    let _larder = testing::isolated();
    assert_eq!(meeting::by_name("me"), "by name me");
    assert_eq!(meeting::me(), "me");
    assert_eq!(meeting::by_name("me"), "by name me");
    assert_eq!(meeting::by_name::key("me").as_str(), meeting::me::key().as_str());
}
