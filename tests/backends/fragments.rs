//! Fragments of templates, which block, in stores that are asked over a wire.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use larder::fragment::Text;
use larder::testing::{self, Larder};
use larder::{Error, Options, fragment, invalidate_tag};
use tokio::runtime::{Builder, Runtime};

use crate::stores::Store;

crate::tests!(|kind| kind.name != "null" =>
    tasks_render_a_fragment_once_on_the_threads_of_a_runtime_that_they_hold_up,
    an_inner_fragment_that_was_invalidated_is_in_no_outer_one,
);

type Runs = Arc<AtomicUsize>;

/// One thread, and two.
fn runtimes() -> [Runtime; 2] {
    let mut several = Builder::new_multi_thread();
    [&mut Builder::new_current_thread(), several.worker_threads(2)]
        .map(|builder| builder.enable_all().build().expect("a runtime"))
}

fn rendered(runtime: usize, runs: &Runs) -> Text {
    fragment!("backends.rendered", runtime, ttl = 600; (runs.fetch_add(1, Ordering::SeqCst) + 1).to_string())
}

fn tasks_render_a_fragment_once_on_the_threads_of_a_runtime_that_they_hold_up(store: &Store) -> Result<(), Error> {
    let larder = testing::isolated_at(store.clock.clone(), [("default", store.settings())])?.handle();
    for (number, runtime) in runtimes().into_iter().enumerate() {
        let texts = runtime.block_on(larder.scope(by_eight_tasks(number, larder.clone())))?;
        assert_eq!(texts, ["1"; 8], "{number}");
    }
    Ok(())
}

async fn by_eight_tasks(runtime: usize, larder: Larder) -> Result<Vec<Text>, Error> {
    // What connects to the store has its tasks in this runtime from now on, if that is where they belong.
    larder.cache("default").set("first", 1_u8, Options::ttl(600)).await?;
    let runs = Runs::default();
    let task = |_| {
        let runs = Arc::clone(&runs);
        tokio::spawn(larder.scope(async move { rendered(runtime, &runs) }))
    };
    let tasks: Vec<_> = (0..8).map(task).collect();
    let mut texts = Vec::new();
    for task in tasks {
        texts.push(task.await.expect("it renders"));
    }
    Ok(texts)
}

fn inner(text: &str) -> Text {
    fragment!("backends.inner", ttl = 600, tags = ["backends:inner"]; text.to_owned())
}

fn outer(text: &str) -> Text {
    fragment!("backends.outer", ttl = 600; format!("[{}]", inner(text)))
}

fn an_inner_fragment_that_was_invalidated_is_in_no_outer_one(store: &Store) -> Result<(), Error> {
    let larder = testing::isolated_at(store.clock.clone(), [("default", store.settings())])?;
    let mut kept = 0;
    for round in 1..=4 {
        let (new, newer) = (format!("new {round}"), format!("newer {round}"));
        assert_eq!(outer(&new), &*format!("[{new}]"));
        // Where nobody had looked at the tag yet, the first is handed out and not kept.
        kept += usize::from(outer(&newer) == *format!("[{new}]"));
        testing::block_on(invalidate_tag("backends:inner"))?;
    }
    assert!(kept >= 3, "{kept} of 4 were kept");
    drop(larder);
    Ok(())
}
