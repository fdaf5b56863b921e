//! Processes that die in the middle.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use cache_core::backend::Backend;
use cache_core::testing::block_on;

use super::*;

const KEYS: usize = 4;
/// From a few bytes to more than one write of the kernel's.
const SIZES: [usize; 4] = [5, 3_000, 70_000, 300_000];
const KILLED: usize = 40;

#[test]
fn a_process_that_is_killed_in_the_middle_of_writes_leaves_every_entry_whole() {
    if let Some(folder) = given() {
        return write_until_killed(&folder);
    }
    let (ground, program) = (Ground::new(), env::current_exe().expect("a program"));
    let test = "crash::a_process_that_is_killed_in_the_middle_of_writes_leaves_every_entry_whole";
    let mut written = 0;
    for round in 0..KILLED {
        let mut writer = child(&program, test, ground.folder.path()).stdout(Stdio::piped()).spawn().expect("it runs");
        let lines = BufReader::new(writer.stdout.take().expect("what it says")).lines();
        written += 10 * lines.map_while(Result::ok).filter(|line| line == "ten").take(3 + round % 7).count();
        writer.kill().expect("it ran");
        writer.wait().expect("it is gone");
        (0..KEYS).for_each(|key| is_whole(&ground, key));
    }
    assert!(written > 1_000, "{written} writes");
    (0..KEYS).for_each(|key| set(&ground.store, &name(&key.to_string()), b"after", None));
    block_on(ground.store.clear_store()).expect("it is cleared");
    let left = files(ground.folder.path());
    let is_book_or_draft = |path: &PathBuf| path.ends_with("book.larder") || path.to_string_lossy().contains("-new");
    assert!(left.iter().all(is_book_or_draft), "{left:?}");
}

/// Writes values of which every byte says which key they are of, and tells of every ten.
fn write_until_killed(folder: &Path) {
    let store = File::new(Config::new(folder)).expect("a store");
    for write in 0.. {
        let key = write % KEYS;
        let (name, value) = (name(&key.to_string()), vec![u8::try_from(key).expect("small"); SIZES[write / KEYS % 4]]);
        match write % 5 {
            0 => drop(block_on(store.delete(&name))),
            1 => drop(block_on(store.touch(&name, None))),
            2 => drop(block_on(store.add(&name, &value, None))),
            _ => set(&store, &name, &value, None),
        }
        if write % 10 == 9 {
            println!("ten");
        }
    }
}

fn is_whole(ground: &Ground, key: usize) {
    let name = name(&key.to_string());
    // The clock of the ground is long behind that of the process: nothing has expired for it.
    let Some(value) = get(&ground.store, &name) else {
        let there = std::fs::read(ground.file(&name)).unwrap_or_default();
        assert!(there.is_empty() || super::super::head::Head::read(&there).is_some_and(|(head, ..)| head.removed));
        return;
    };
    assert!(SIZES.contains(&value.len()) && value.iter().all(|byte| usize::from(*byte) == key), "{}", value.len());
}
