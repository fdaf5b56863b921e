//! What no cache can do better, for it knows the whole trace.

use std::collections::BinaryHeap;

use super::traces::Trace;

const NEVER: u32 = u32::MAX;

/// Returns the hit ratio of those keys that are asked for most while it counts, if they are there from the beginning.
#[must_use]
pub fn static_set(trace: &Trace, room: usize) -> f64 {
    let counted = &trace.keys[trace.warm_up..];
    let mut requests = vec![0_u32; keys(trace)];
    counted.iter().for_each(|key| requests[*key as usize] += 1);
    requests.sort_unstable_by(|one, other| other.cmp(one));
    let hits: u64 = requests.iter().take(room).map(|requests| u64::from(*requests)).sum();
    hits as f64 / counted.len() as f64
}

/// Returns the hit ratio of a cache that keeps those keys that are asked for soonest, and may keep none on a miss.
#[must_use]
pub fn optimum(trace: &Trace, room: usize) -> f64 {
    let next = next_requests(trace);
    // For each key that is kept, when it is asked for next; what the heap says otherwise is out of date.
    let mut kept = vec![NEVER; keys(trace)];
    let (mut latest, mut used, mut hits) = (BinaryHeap::new(), 0, 0);
    for (request, key) in trace.keys.iter().enumerate() {
        let key = *key as usize;
        if kept[key] != NEVER {
            hits += usize::from(request >= trace.warm_up);
            used -= 1;
            kept[key] = NEVER;
        }
        if next[request] == NEVER {
            continue;
        }
        (kept[key], used) = (next[request], used + 1);
        latest.push((next[request], key));
        while used > room {
            let (when, key) = latest.pop().expect("what is kept is in the heap");
            if kept[key] == when {
                (kept[key], used) = (NEVER, used - 1);
            }
        }
    }
    hits as f64 / (trace.keys.len() - trace.warm_up) as f64
}

/// Returns for each request when its key is asked for again.
fn next_requests(trace: &Trace) -> Vec<u32> {
    let mut seen = vec![NEVER; keys(trace)];
    let mut next = vec![NEVER; trace.keys.len()];
    for (request, key) in trace.keys.iter().enumerate().rev() {
        next[request] = seen[*key as usize];
        seen[*key as usize] = request as u32;
    }
    next
}

fn keys(trace: &Trace) -> usize {
    trace.keys.iter().max().map_or(0, |last| *last as usize + 1)
}
