//! Templates block, and are rendered on the threads of a runtime all the same.

use std::sync::Arc;

use larder::{fragment, testing};
use minijinja::context;

use super::templates::{render, templates};
use crate::Runs;

const SOURCE: &str = r#"{% call cache(500, "sidebar", user) %}{{ run() }}{% endcall %}"#;

/// Has eight tasks render one fragment at once, and says how often its body ran.
async fn rendered_by_eight(larder: &testing::Larder) -> usize {
    let (templates, runs) = templates(&[("page.html", SOURCE)]);
    let templates = Arc::new(templates);
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let templates = Arc::clone(&templates);
            let render = async move { render(&templates, "page.html", context! { user => 7 }).expect("it renders") };
            tokio::spawn(larder.scope(render))
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.expect("it renders"), "1");
    }
    runs.count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_on_several_threads_render_a_fragment_once() {
    let larder = testing::isolated().handle();
    assert_eq!(rendered_by_eight(&larder).await, 1);
}

#[tokio::test]
async fn tasks_on_one_thread_render_a_fragment_once() {
    let larder = testing::isolated().handle();
    assert_eq!(rendered_by_eight(&larder).await, 1);
}

#[tokio::test]
async fn a_fragment_that_waits_is_rendered_once_for_all_tasks_who_ask() {
    let (larder, runs) = (testing::isolated().handle(), Arc::new(Runs::default()));
    let render = |runs: Arc<Runs>| async move {
        fragment!("runtimes.awaited"; async {
            tokio::task::yield_now().await;
            runs.next().to_string()
        })
        .await
    };
    let tasks: Vec<_> = (0..8).map(|_| tokio::spawn(larder.scope(render(Arc::clone(&runs))))).collect();
    for task in tasks {
        assert_eq!(task.await.expect("it renders"), "1");
    }
    assert_eq!(runs.count(), 1);
}
