//! A file an entry.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use larder::stores::file::File;
use tempfile::TempDir;

use crate::entries::{ENTRIES, check, key, value};
use crate::hits;
use crate::rounds::Candidate;

pub fn candidates(store: &Arc<File>) -> Vec<Candidate> {
    vec![
        plain(),
        cacache(),
        hits::of_the_store("larder's store", store),
        hits::of_a_function("a function of larder's", hits::in_files),
    ]
}

/// What anybody would write: no time, no check, no name.
fn plain() -> Candidate {
    let folder = TempDir::new().expect("a folder");
    let path = |id| folder.path().join(key(id).replace(':', "-"));
    let paths: Vec<PathBuf> = (0..ENTRIES).map(path).collect();
    for (path, id) in paths.iter().zip(0..) {
        fs::write(path, value(id)).expect("a file");
    }
    Candidate::new("`std::fs::read`", move |id| {
        let _stays = &folder;
        check(id, &fs::read(&paths[hits::index(id)]).expect("a file"));
    })
}

fn cacache() -> Candidate {
    let folder = TempDir::new().expect("a folder");
    let keys: Vec<String> = (0..ENTRIES).map(key).collect();
    for (key, id) in keys.iter().zip(0..) {
        cacache::write_sync(&folder, key, value(id)).expect("an entry");
    }
    Candidate::new("`cacache`", move |id| {
        check(id, &cacache::read_sync(&folder, &keys[hits::index(id)]).expect("an entry"));
    })
}
