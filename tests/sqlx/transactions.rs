//! Transactions, and how they end.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use larder::testing::{self, Isolated};
use larder::{Cache, Options, changed, on_change};
use sqlx::{Connection, Error};

use crate::kind::{Connected, Kind, Postgres, Table};
use crate::{Running, Test};

pub fn tests<K: Kind>() -> Vec<Test> {
    vec![
        ("listeners_are_told_after_the_commit_and_see_what_was_written", || boxed(told_after::<K>())),
        ("what_is_read_in_a_transaction_is_neither_kept_nor_shared", || boxed(not_kept::<K>())),
        ("nobody_is_told_of_what_is_rolled_back", || boxed(rolled_back::<K>())),
        ("a_savepoint_takes_effect_with_its_transaction", || boxed(savepoints::<K>())),
        ("a_transaction_on_a_connection_that_is_borrowed_takes_effect_too", || boxed(borrowed::<K>())),
        ("a_transaction_within_other_work_takes_effect_by_itself", || boxed(on_its_own::<K>())),
        ("a_commit_goes_on_beside_who_leaves_it_and_one_that_nobody_has_heard_of_may_have_happened", || {
            boxed(in_doubt::<K>())
        }),
    ]
}

pub fn tests_of_postgres() -> Vec<Test> {
    vec![("a_commit_that_is_refused_is_a_roll_back", || boxed(refused()))]
}

fn boxed(test: impl Future<Output = Result<(), Error>> + 'static) -> Running {
    Box::pin(test)
}

/// A post, with the title that it was given.
#[derive(Clone, Debug, PartialEq)]
struct Post(&'static str);

/// Caches of a test's own, a post, and what a listener has heard of it.
struct Blog<K: Kind> {
    larder: Isolated,
    cache: Cache,
    table: Table<K>,
    told: Arc<Mutex<Vec<(&'static str, String)>>>,
}

impl<K: Kind> Blog<K> {
    /// Makes one whose listener reads what others see then, or does not, where the server may be gone.
    fn on(table: Table<K>, reads: bool) -> Self {
        let larder = testing::isolated();
        let (cache, told) = (larder.cache("default"), Arc::<Mutex<Vec<_>>>::default());
        let own = (cache.clone(), table.clone(), Arc::clone(&told));
        on_change::<Post>(move |post| {
            let (cache, table, told) = own.clone();
            async move {
                cache.delete("title").await.expect("it is in memory");
                let committed = if reads { table.committed().await.expect("a server") } else { String::new() };
                told.lock().unwrap().push((post.0, committed));
            }
        });
        Self { larder, cache, table, told }
    }

    async fn new(name: &'static str) -> Result<Self, Error> {
        Ok(Self::on(Table::on(K::shared(), name).await?, true))
    }

    /// Returns of which titles the listener has heard since this was asked before, and what it has read then.
    fn told(&self) -> Vec<(&'static str, String)> {
        std::mem::take(&mut *self.told.lock().unwrap())
    }

    /// Returns the title as others see it, from the cache.
    async fn title(&self) -> Result<String, Error> {
        self.cache.try_get_or_load("title", Options::forever(), || self.table.committed()).await
    }
}

async fn told_after<K: Kind>() -> Result<(), Error> {
    let blog = Blog::<K>::new("told_after").await?;
    assert_eq!(blog.title().await?, "before");
    let table = blog.table.clone();
    // A task of its own, as a handler is: it can be sent.
    let saved = tokio::spawn(async move { save(&table, &Post("after")).await });
    assert_eq!(saved.await.expect("it does not panic")?, 7);
    assert_eq!(blog.told(), [("after", "after".to_owned())]);
    assert_eq!(blog.title().await?, "after");
    Ok(())
}

/// A write as people write it: it borrows what it needs.
async fn save<K: Kind>(table: &Table<K>, post: &Post) -> Result<u8, Error> {
    larder::sqlx::commit(table.pool.begin().await?, async |connection| {
        table.rename(&mut *connection, post.0).await?;
        changed(post).await;
        assert_eq!(table.committed().await?, "before");
        Ok(7)
    })
    .await
}

async fn not_kept<K: Kind>() -> Result<(), Error> {
    let blog = Blog::<K>::new("not_kept").await?;
    let table = &blog.table;
    let done: Result<(), Error> = larder::sqlx::commit(table.pool.begin().await?, async |connection| {
        table.rename(&mut *connection, "never").await?;
        // Nothing was said to be changed yet.
        let read = blog.cache.try_get_or_load("title", Options::forever(), || table.title(&mut *connection)).await?;
        assert_eq!(read, "never");
        assert!(!blog.cache.has("title").await.expect("it is in memory"));
        Err(Error::RowNotFound)
    })
    .await;
    assert!(matches!(done, Err(Error::RowNotFound)));
    assert_eq!(blog.title().await?, "before");
    Ok(())
}

async fn rolled_back<K: Kind>() -> Result<(), Error> {
    let blog = Blog::<K>::on(Table::on(K::shared(), "rolled_back").await?, false);
    let failed: Result<(), Error> = larder::sqlx::commit(blog.table.pool.begin().await?, async |connection| {
        blog.table.rename(&mut *connection, "never").await?;
        changed(&Post("never")).await;
        Err(Error::RowNotFound)
    })
    .await;
    assert!(failed.is_err());

    let (table, pool) = (blog.table.clone(), blog.table.pool.clone());
    let panicked = tokio::spawn(async move {
        larder::sqlx::commit(pool.begin().await?, async |connection| -> Result<(), Error> {
            table.rename(&mut *connection, "never").await?;
            changed(&Post("never")).await;
            panic!("half-way");
        })
        .await
    });
    assert!(panicked.await.is_err_and(|error| error.is_panic()));

    {
        let mut left = pin!(larder::sqlx::commit(blog.table.pool.begin().await?, async |connection| {
            blog.table.rename(&mut *connection, "never").await?;
            changed(&Post("never")).await;
            blog.told.lock().unwrap().push(("left here", String::new()));
            std::future::pending::<Result<(), Error>>().await
        }));
        leave_where(&mut left, || !blog.told().is_empty()).await;
    }
    blog.larder.run_tasks();
    assert_eq!((blog.told(), blog.table.committed().await?), (vec![], "before".to_owned()));
    Ok(())
}

/// Polls a future until something is so, and it is not at its end.
async fn leave_where<F: Future + Unpin>(future: &mut F, mut is_here: impl FnMut() -> bool) {
    poll_fn(|context| {
        let polled = Future::poll(std::pin::Pin::new(&mut *future), context);
        assert!(polled.is_pending(), "it has ended");
        if is_here() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

async fn savepoints<K: Kind>() -> Result<(), Error> {
    let blog = Blog::<K>::new("savepoints").await?;
    let table = &blog.table;
    let write = async |ends: Result<(), Error>| -> Result<(), Error> {
        larder::sqlx::commit(table.pool.begin().await?, async |connection| {
            let kept: Result<(), Error> =
                larder::sqlx::commit_borrowed(connection.begin().await?, async |connection| {
                    table.rename(&mut *connection, "in a savepoint").await?;
                    changed(&Post("in a savepoint")).await;
                    Ok(())
                })
                .await;
            let undone: Result<(), Error> =
                larder::sqlx::commit_borrowed(connection.begin().await?, async |connection| {
                    table.rename(&mut *connection, "never").await?;
                    changed(&Post("never")).await;
                    Err(Error::RowNotFound)
                })
                .await;
            assert!(kept.is_ok() && undone.is_err() && blog.told().is_empty(), "nobody has committed yet");
            ends
        })
        .await
    };
    assert!(write(Err(Error::RowNotFound)).await.is_err());
    assert_eq!((blog.told(), table.committed().await?), (vec![], "before".to_owned()));
    write(Ok(())).await?;
    assert_eq!(blog.told(), [("in a savepoint", "in a savepoint".to_owned())]);
    Ok(())
}

/// A transaction on a connection that is borrowed, and no savepoint.
async fn borrowed<K: Kind>() -> Result<(), Error> {
    let blog = Blog::<K>::new("borrowed").await?;
    let table = &blog.table;
    let mut connection = table.pool.acquire().await?;
    let write = async |connection: &mut Connected<K>, title: &'static str, end: Result<(), Error>| {
        larder::sqlx::commit_borrowed(connection.begin().await?, async |connection| {
            table.rename(&mut *connection, title).await?;
            changed(&Post(title)).await;
            end
        })
        .await
    };
    write(&mut connection, "never", Err(Error::RowNotFound)).await.unwrap_err();
    write(&mut connection, "after", Ok(())).await?;
    assert_eq!(blog.told(), [("after", "after".to_owned())]);
    Ok(())
}

async fn on_its_own<K: Kind>() -> Result<(), Error> {
    let blog = Blog::<K>::new("on_its_own").await?;
    // Another listener, whose own change belongs to what is committed too.
    on_change::<Post>(async |post| {
        if post.0 == "after" {
            changed(&Post("caused by it")).await;
        }
    });
    let outer: Result<(), &str> = larder::after_commit(async {
        larder::sqlx::commit(blog.table.pool.begin().await.unwrap(), async |connection| {
            blog.table.rename(&mut *connection, "after").await?;
            changed(&Post("after")).await;
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        assert_eq!(blog.told(), ["after", "caused by it"].map(|post| (post, "after".to_owned())));
        Err("something else")
    })
    .await;
    assert!(outer.is_err());
    Ok(())
}

async fn in_doubt<K: Kind>() -> Result<(), Error> {
    let server = K::start().expect("a server");
    let blog = Blog::<K>::on(Table::on(&server, "in_doubt").await?, false);
    let is_at_commit = AtomicBool::new(false);
    {
        let mut left = pin!(larder::sqlx::commit(blog.table.pool.begin().await?, async |connection| {
            blog.table.rename(&mut *connection, "asked for").await?;
            changed(&Post("asked for")).await;
            server.freeze();
            is_at_commit.store(true, Ordering::Relaxed);
            Ok::<_, Error>(())
        }));
        leave_where(&mut left, || is_at_commit.load(Ordering::Relaxed)).await;
    }
    blog.larder.run_tasks();
    assert_eq!(blog.told(), [], "the server is at the commit");
    server.thaw();
    assert_eq!(told_by_tasks(&blog).await, ["asked for"]);
    assert_eq!(blog.table.committed().await?, "asked for");

    let gone: Result<(), Error> = larder::sqlx::commit(blog.table.pool.begin().await?, async |connection| {
        blog.table.rename(&mut *connection, "lost").await?;
        changed(&Post("lost")).await;
        server.stop();
        Ok(())
    })
    .await;
    assert!(gone.is_err());
    let told: Vec<_> = blog.told().into_iter().map(|(title, _)| title).collect();
    assert_eq!(told, ["lost"], "the server may have been at it");
    Ok(())
}

/// Runs what is done beside those who leave.
async fn told_by_tasks<K: Kind>(blog: &Blog<K>) -> Vec<&'static str> {
    let told = async {
        loop {
            blog.larder.run_tasks();
            let told = blog.told();
            if !told.is_empty() {
                return told.into_iter().map(|(title, _)| title).collect();
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), told).await.expect("somebody is told")
}

async fn refused() -> Result<(), Error> {
    let blog = Blog::<Postgres>::new("refused").await?;
    let table = &blog.table;
    let mut connection = table.pool.acquire().await?;
    let constraint = "ALTER TABLE refused ADD CONSTRAINT one UNIQUE (title) DEFERRABLE INITIALLY DEFERRED";
    Postgres::run(&mut connection, constraint.to_owned()).await?;
    drop(connection);
    let refused: Result<(), Error> = larder::sqlx::commit(table.pool.begin().await?, async |connection| {
        Postgres::run(&mut *connection, "INSERT INTO refused VALUES (2, 'before')".to_owned()).await?;
        changed(&Post("before")).await;
        Ok(())
    })
    .await;
    let code = refused.unwrap_err().as_database_error().and_then(|error| error.code().map(String::from));
    assert_eq!((code.as_deref(), blog.told()), (Some("23505"), vec![]));
    Ok(())
}
