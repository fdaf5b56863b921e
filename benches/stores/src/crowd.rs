//! Callers who ask at once, and what that takes: time, and time of this process's processors.

use std::fs;
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use tokio::runtime::Runtime;

use crate::entries::asked_for;
use crate::report::{Table, median};
use crate::rounds::Effort;

const ROUNDS: u64 = 15;

/// A way to an entry: what it is called, and what asks for these entries with as many callers as there are.
pub type Candidate = (String, Box<dyn Fn(&[u64])>);

/// What a hit took, of each candidate in each round: time, and time of processors.
pub struct Took(Vec<Vec<[f64; 2]>>);

impl Took {
    /// Returns how fast one was, where another one's rate is 1.
    pub fn rate(&self, of: usize, beside: usize) -> f64 {
        1.0 / self.share(of, beside, 0)
    }

    /// Returns for how long one kept processors busy, where another one's time is 1.
    pub fn work(&self, of: usize, beside: usize) -> f64 {
        self.share(of, beside, 1)
    }

    fn share(&self, of: usize, beside: usize, figure: usize) -> f64 {
        let rounds = self.0[of][1..].iter().zip(&self.0[beside][1..]);
        median(rounds.map(|(of, beside)| of[figure] / beside[figure]).collect())
    }
}

/// Measures with so many calls in a round, in which all take turns, and prints the table: each beside the first.
pub fn print(title: &str, candidates: &[Candidate], calls: u64, effort: Effort) -> Took {
    let (calls, rounds) = if effort == Effort::Full { (calls, ROUNDS) } else { (calls / 100, 1) };
    let mut took = vec![Vec::new(); candidates.len()];
    // The first round warms up, and counts for nothing.
    for round in 0..=rounds {
        for ((_, run), took) in candidates.iter().zip(&mut took) {
            let ids: Vec<_> = (0..calls).map(|call| asked_for(round * calls + call)).collect();
            let (began, busy) = (Instant::now(), busy());
            run(&ids);
            let took_now = [began.elapsed().as_secs_f64() * 1e6, self::busy() - busy];
            took.push(took_now.map(|micros| micros / ids.len() as f64));
        }
    }
    println!("\n## {title}\n");
    let took = Took(took);
    table(candidates, &took);
    took
}

fn table(candidates: &[Candidate], took: &Took) {
    let mut table = Table::new(&["a hit", "µs", "rate of the first", "µs of processors", "of the first"]);
    for (at, (name, _)) in candidates.iter().enumerate() {
        let of = |figure: usize| median(took.0[at][1..].iter().map(|took| took[figure]).collect());
        let figures = [of(0), took.rate(at, 0), of(1), took.work(at, 0)].map(|figure| format!("{figure:.2}"));
        table.row([vec![name.clone()], figures.to_vec()].concat());
    }
    table.print();
}

/// Returns for how many microseconds processors were busy with the threads of this process that still are.
fn busy() -> f64 {
    let threads = fs::read_dir("/proc/self/task").expect("a list of threads").flatten();
    let busy = threads.filter_map(|thread| {
        let told = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        told.split(' ').next()?.parse::<f64>().ok()
    });
    busy.sum::<f64>() / 1e3
}

/// Makes a candidate whose callers are tasks, each of which is made what it asks with.
pub fn asked<C, Fut>(
    name: &str,
    runtime: &Arc<Runtime>,
    callers: Vec<C>,
    read: impl Fn(C, Vec<u64>) -> Fut + 'static,
) -> Candidate
where
    C: Clone + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let runtime = Arc::clone(runtime);
    let run = move |ids: &[u64]| {
        let shares = ids.chunks(ids.len().div_ceil(callers.len())).zip(&callers);
        let tasks: Vec<_> = shares.map(|(ids, caller)| runtime.spawn(read(caller.clone(), ids.to_vec()))).collect();
        runtime.block_on(async {
            for task in tasks {
                task.await.expect("a task that ends");
            }
        });
    };
    (name.to_owned(), Box::new(run))
}
