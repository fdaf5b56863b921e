//! The site on actix-web: a file for each page, with how it is kept, and where it stands, at its head.

mod api;
mod around;
mod dashboard;
mod detail;
mod editor;
mod failed;
mod list;
// That of the blog, word for word: the companions of these pages are called as those of its pages are.
#[path = "../../../blog/src/front/listeners.rs"]
mod listeners;
mod login;
mod search;
mod style;
mod visitor;

use actix_web::HttpResponse;
use actix_web::http::header::ContentType;
use actix_web::middleware::from_fn;
use actix_web::web::{Redirect, ServiceConfig, ThinData, scope};
use blog::{Db, html, panel};
use failed::Failed;
use visitor::Visitor;

/// Puts the site together, for the app of each worker. To be called once: from here on, changes are listened to.
pub fn site(db: Db) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    listeners::listen();
    // One for all workers, beside the pages: it has a guard of its own, and knows its own forms.
    let panel = panel::panel(db.clone());
    move |app| {
        // What is wrapped around the pages runs on every request, also where one is kept: the last one first.
        let site = scope("")
            .wrap(from_fn(visitor::recognise))
            .wrap(from_fn(around::forms_are_own))
            .wrap(from_fn(around::to_the_end))
            .configure(pages);
        app.app_data(ThinData(db.clone())).service(panel.clone().scope(panel::PATH)).service(site);
    }
}

fn pages(site: &mut ServiceConfig) {
    site.service(list::list)
        .service(detail::detail)
        .service(detail::comment)
        .service(search::search)
        .service(dashboard::dashboard)
        .service(dashboard::rename)
        .service(editor::write)
        .service(editor::publish)
        .service(editor::edit)
        .service(editor::save)
        .service(editor::delete)
        .service(login::form)
        .service(login::log_in)
        .service(login::log_out)
        .service(login::goodbye)
        .service(login::forget)
        .service(api::list)
        .service(api::post)
        .service(api::said)
        .service(style::style);
}

/// A whole page. Its headers are kept with it.
fn page(html: String) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    for header in html::HEADERS {
        response.insert_header(header);
    }
    response.content_type(ContentType::html()).body(html)
}

/// Sends whoever has sent a form to a page.
fn see(path: String) -> Redirect {
    Redirect::to(path).see_other()
}
