//! How long a server kept its processor busy: what remains to be seen when it is those who ask that are at their limit.

use std::fs;

/// The ticks of a second in which Linux tells times.
const TICKS: f64 = 100.0;

/// Returns the seconds that a process and those below it have run so far; nothing where there is no `/proc`.
pub fn seconds(process: u32) -> f64 {
    let all: Vec<Stat> =
        fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|entry| Stat::of(&entry)).collect();
    let mut family = vec![process];
    // A child may be listed before its parent.
    while let Some(child) = all.iter().find(|stat| family.contains(&stat.parent) && !family.contains(&stat.process)) {
        family.push(child.process);
    }
    all.iter().filter(|stat| family.contains(&stat.process)).map(|stat| stat.ticks / TICKS).sum()
}

struct Stat {
    process: u32,
    parent: u32,
    ticks: f64,
}

impl Stat {
    fn of(entry: &fs::DirEntry) -> Option<Self> {
        let process = entry.file_name().to_str()?.parse().ok()?;
        let text = fs::read_to_string(entry.path().join("stat")).ok()?;
        // What stands after the name, which may have spaces and brackets in it; the first of it is the state.
        let after: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |index: usize| after.get(index)?.parse::<f64>().ok();
        Some(Self { process, parent: after.get(1)?.parse().ok()?, ticks: ticks(11)? + ticks(12)? })
    }
}
