//! Whatever stands in the files of a store: what is read of them would be written like that, and an entry whose file or
//! whose drawer is torn is there or not, takes no more memory than its file has bytes, and can be written anew.
#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use cache_backends::file::{Config, File, fuzzed};
use cache_core::backend::Backend;
use cache_core::key::{Name, Scope};
use cache_core::testing::block_on;

/// A store with one entry, and where its two files are.
struct Store {
    file: File,
    name: Name,
    entry: PathBuf,
    book: PathBuf,
}

const VALUE: &[u8] = b"a value that was whole once";

impl Store {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("larder-fuzz-{}", std::process::id()));
        let file = File::new(Config::new(&folder)).expect("a folder of its own");
        let name = Scope::new("", "1", None).expect("a short version").name(&"name".into());
        block_on(Backend::set(&file, &name, VALUE, None)).expect("there is room");
        let mut files = below(&folder);
        let mut take = |is_it: fn(&str) -> bool| {
            let at = files.iter().position(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_it));
            files.remove(at.expect("it was made"))
        };
        let entry = take(|name| name.ends_with(".larder") && name.len() > 30);
        Self { file, name, entry, book: take(|name| name.contains("book")) }
    }

    /// Reads it with these files, and returns whether it is there.
    fn torn(&self, entry: &[u8], book: Option<&[u8]>) -> bool {
        fs::write(&self.entry, entry).expect("there is room");
        if let Some(book) = book {
            fs::write(&self.book, book).expect("there is room");
        }
        let mut found = None;
        let taken = allocation_counter::measure(|| {
            found = block_on(self.file.get(&self.name)).unwrap_or_default();
            drop(block_on(self.file.ttl(&self.name)));
            drop(block_on(self.file.list("", None)));
        });
        assert!(taken.bytes_max <= 4 * entry.len() as u64 + 100_000, "{} bytes for {}", taken.bytes_max, entry.len());
        assert!(found.as_ref().is_none_or(|value| entry.ends_with(value)));
        let ticket = block_on(self.file.begin_fill(&self.name)).expect("there is a ticket, whatever is in the book");
        block_on(Backend::set(&self.file, &self.name, VALUE, None)).expect("it can be written anew");
        assert_eq!(block_on(self.file.get(&self.name)).expect("it is there"), Some(VALUE.to_vec()));
        let late = block_on(self.file.set_if(&self.name, b"late", None, &ticket)).expect("it is asked");
        assert!(!late, "it was written since");
        found.is_some()
    }
}

fn below(folder: &PathBuf) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    all.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    static STORE: LazyLock<Store> = LazyLock::new(Store::new);
    let Some((&[how, at, flip], bytes)) = input.split_first_chunk::<3>() else { return };
    let taken = allocation_counter::measure(|| fuzzed::read_back(bytes)).bytes_max;
    assert!(taken <= 16 * bytes.len() as u64 + 10_000, "{taken} bytes for {}", bytes.len());
    fuzzed::read_back(&fuzzed::whole_head(bytes));
    fuzzed::read_back(&fuzzed::whole_book(bytes));
    if how % 16 != 0 {
        return;
    }
    // One in a while: that is a matter of files. What was whole is spoiled in one place, and cut.
    let (whole, book) = (fs::read(&STORE.entry).unwrap_or_default(), fs::read(&STORE.book).unwrap_or_default());
    let spoil = |whole: &[u8]| {
        let mut spoiled = whole.to_vec();
        let place = usize::from(at) * spoiled.len() / 256;
        if let Some(byte) = spoiled.get_mut(place) {
            *byte ^= flip.max(1);
        }
        spoiled
    };
    match how / 16 % 6 {
        0 => drop(STORE.torn(bytes, None)),
        4 => drop(STORE.torn(&fuzzed::whole_head(bytes), None)),
        5 => drop(STORE.torn(&whole, Some(&fuzzed::whole_book(bytes)))),
        1 => assert!(!STORE.torn(&spoil(&whole), None), "what is spoiled at {at} is there"),
        2 => drop(STORE.torn(&whole, Some(bytes))),
        _ => drop(STORE.torn(&whole, Some(&spoil(&book)))),
    }
});
