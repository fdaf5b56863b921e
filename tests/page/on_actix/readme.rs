//! The code of the README that is about actix, line by line.

use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, Responder, get, web};
use larder::actix::cache_page;
use larder::page::CacheLayer;
use larder::testing;

use crate::app::Count;

#[derive(Clone, Default)]
pub struct Db(Count);

impl Db {
    async fn story(&self, id: u64) -> String {
        format!("{} of {id}", self.0.one_more())
    }
}

#[cache_page(60 * 15, key = "story:<id>", browser = 0)]
#[get("/stories/{id}")]
async fn story(id: web::Path<u64>, db: web::Data<Db>) -> impl Responder {
    db.story(*id).await
}

#[actix_web::test]
async fn the_pages_of_the_readme_are_made_once_and_invalidated_on_actix() {
    let _larder = testing::isolated();
    #[rustfmt::skip]
    let app = App::new().service(story).service(web::scope("/blog").wrap(CacheLayer::new().vary_cookie("theme")));
    let app = init_service(app.app_data(web::Data::new(Db::default()))).await;
    let ask = async || {
        let request = TestRequest::get().uri("/stories/7").insert_header(("host", "example.org")).to_request();
        read_body(call_service(&app, request).await).await
    };
    assert_eq!((ask().await, ask().await), ("1 of 7".into(), "1 of 7".into()));
    story::invalidate(7).await;
    assert_eq!(ask().await, "2 of 7");
}
