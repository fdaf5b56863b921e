//! The pages as texts: a file each, by the name of its page. Who asks is not among what they are made of, unless it is
//! said.

mod dashboard;
mod detail;
mod editor;
mod list;
mod login;
mod markup;
mod parts;
mod search;
mod sorry;

pub use dashboard::dashboard;
pub use detail::{FIELDS, detail, fields};
pub use editor::{edit, write};
pub use list::list;
pub use login::{goodbye, login};
pub use search::search;
pub use sorry::sorry;

use markup::{Markup, html};

/// The style sheet.
pub const STYLE: &str = include_str!("style.css");

/// Headers of each page.
pub const HEADERS: [(&str, &str); 2] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
];

/// Puts a page into the frame that all have. It says nothing of who looks at it, so that all can share it.
fn frame(title: &str, content: &Markup) -> String {
    let page = html! {
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>" (title) " · The Larder</title>"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<meta name=\"color-scheme\" content=\"light dark\"><link rel=\"stylesheet\" href=\"/style.css\"></head><body>"
        "<header><a class=\"name\" href=\"/\">The Larder</a><nav><a href=\"/dashboard\">Your posts</a></nav>"
        "<form action=\"/search\">"
        "<input type=\"search\" name=\"q\" placeholder=\"Search\" aria-label=\"Search\"></form></header><main>" (content) "</main></body></html>"
    };
    page.into_string()
}
