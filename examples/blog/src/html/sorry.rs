//! What a visitor sees in the place of a page.

use super::frame;
use super::markup::html;
use crate::error::Error;

pub fn sorry(error: &Error) -> String {
    let text = match error {
        Error::Missing => "There is nothing here.",
        Error::Forbidden => "This is not yours to change.",
        Error::Stranger => "Who are you?",
        Error::Invalid(text) => text,
        Error::Database(_) | Error::Broken => "Something broke. It is not your fault.",
    };
    frame("Sorry", &html! { "<h1>Sorry</h1><p>" (text) "</p>" })
}
