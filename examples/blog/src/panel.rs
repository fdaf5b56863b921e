//! What the caches do, at `/larder`, for whoever looks after the blog.

use larder::panel::Panel;

use crate::db::Db;
use crate::session;

/// Where it is mounted: beside the pages, with nothing around it that keeps pages or asks who somebody is.
pub const PATH: &str = "/larder";

/// Makes the panel, for one person alone.
///
/// It is there in a release build too. Whom it lets in has logged in, and is known by name: that holds wherever the blog runs, and
/// where people use it is where its numbers are worth a look. A guard that goes by the address of who asks would not do there.
pub fn panel(db: Db) -> Panel {
    let panel = Panel::guarded_async(move |request| {
        let db = db.clone();
        async move {
            let lines = request.headers.get_all("cookie").iter().filter_map(|line| line.to_str().ok());
            let Some(token) = session::token(lines) else { return false };
            // Nobody is let in by a database that does not answer.
            session::user(&db, token).await.is_ok_and(|user| user.is_some_and(|user| user.is_editor()))
        }
    });
    panel.writable().in_release()
}
