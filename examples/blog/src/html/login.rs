//! Logging in and out.

use super::frame;
use super::markup::html;

/// There is no token in the form: see `origin.rs`. So it is the same for all.
pub fn login(what_is_wrong: Option<&str>) -> String {
    let wrong = what_is_wrong.map(|wrong| html! { "<p class=\"wrong\">" (wrong) "</p>" });
    let form = html! {
        "<h1>Log in</h1>" (wrong) "<form method=\"post\" action=\"/login\">"
        "<label>Name<input name=\"login\" autocomplete=\"username\" required></label>"
        "<label>Password<input name=\"password\" type=\"password\" autocomplete=\"current-password\" required></label>"
        "<button>Log in</button></form><p>Here everybody may: <b>ann</b>, <b>ben</b> and <b>cleo</b>, with the "
        "password <b>larder</b>.</p>"
    };
    frame("Log in", &form)
}

/// The page that is left last is put where the button that goes back finds it when the next one is there, which is too
/// late for what the answer to the form says. So it is said once more, by a style sheet of the next one.
pub fn goodbye() -> String {
    let content = html! {
        "<link rel=\"stylesheet\" href=\"/goodbye.css\"><h1>You have logged out</h1>"
        "<p>This browser has forgotten your pages. <a href=\"/\">What is new</a> is for everybody.</p>"
    };
    frame("Goodbye", &content)
}
