//! The pattern of `examples/patterns` that is about pages.

#[path = "../../examples/patterns/aside.rs"]
mod aside;
#[path = "../../examples/patterns/db.rs"]
mod db;
#[path = "../../examples/patterns/users.rs"]
mod users;

use larder::report::Report;
use larder::testing;
use tower::ServiceExt;

use crate::app::request;
use db::Db;

#[test]
fn each_user_has_a_page_of_their_own_and_each_request_a_report() {
    let (larder, db) = (testing::isolated(), Db::default());
    let site = users::site(db.clone());
    let ask = |user, path| {
        let answer = testing::block_on(site.clone().oneshot(request("GET", path, &[("x-user", user)]))).unwrap();
        let (head, body) = answer.into_parts();
        let seen = head.extensions.get::<Report>().expect("a report").seen;
        assert!(head.headers["server-timing"].to_str().unwrap().contains("larder"));
        let body = testing::block_on(axum::body::to_bytes(body, 1024)).unwrap();
        (head.status.as_u16(), String::from_utf8(body.to_vec()).unwrap(), seen.hits, seen.misses)
    };
    let mail = |user: &str| format!("mail of user {user}");
    assert_eq!([ask("1", "/mail"), ask("1", "/mail")], [(200, mail("1"), 0, 1), (200, mail("1"), 1, 0)]);
    assert_eq!(ask("2", "/mail"), (200, mail("2"), 0, 1));
    assert_eq!(ask("nobody", "/mail"), (401, String::new(), 0, 0), "a page that is kept lets nobody in");
    let counts = "0 and 12".to_owned();
    assert_eq!([ask("1", "/counts"), ask("2", "/counts")], [(200, counts.clone(), 0, 2), (200, counts, 2, 0)]);
    assert_eq!((aside::moderator(&larder.cache("default"), &db, 7), db.asked()), (None, 3));
}
