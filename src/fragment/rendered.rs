//! What a body renders: text, or a `Result` of one.

use std::borrow::Cow;
use std::convert::Infallible;

use super::Text;

/// What a body of a fragment returns: text, or a `Result` of one, whose error is handed out and not kept.
///
/// ```
/// use larder::fragment::Text;
/// use larder::{fragment, testing};
///
/// let _larder = testing::isolated();
/// let sidebar: Text = fragment!("sidebar"; String::from("<ul>"));
/// let news = |source: Result<&str, &'static str>| -> Result<Text, &str> { fragment!("news"; source.map(str::to_owned)) };
/// assert_eq!((&*sidebar, news(Err("it is away"))), ("<ul>", Err("it is away")));
/// assert_eq!(news(Ok("<ol>")).as_deref(), Ok("<ol>"));
/// ```
#[diagnostic::on_unimplemented(
    message = "a fragment is text, and this body returns `{Self}`",
    label = "this is no text",
    note = "render it to a `String`, or a `Result` of one",
    note = "a body that waits is written `async {{ … }}`, and the fragment is awaited"
)]
pub trait Rendered: Sized {
    /// Why there is none.
    type Error;
    /// What the fragment is, for whoever asked for it.
    type Fragment;

    /// Returns the text.
    #[doc(hidden)]
    fn into_text(self) -> Result<Box<str>, Self::Error>;

    #[doc(hidden)]
    fn fragment(outcome: Result<Text, Self::Error>) -> Self::Fragment;
}

impl<T: Into<Box<str>>, E> Rendered for Result<T, E> {
    type Error = E;
    type Fragment = Result<Text, E>;

    fn into_text(self) -> Result<Box<str>, E> {
        self.map(Into::into)
    }

    fn fragment(outcome: Result<Text, E>) -> Self::Fragment {
        outcome
    }
}

macro_rules! rendered {
    ($($text:ty),*) => {$(
        impl Rendered for $text {
            type Error = Infallible;
            type Fragment = Text;

            fn into_text(self) -> Result<Box<str>, Infallible> {
                Ok(self.into())
            }

            fn fragment(outcome: Result<Text, Infallible>) -> Text {
                match outcome {
                    Ok(text) => text,
                    Err(never) => match never {},
                }
            }
        }
    )*};
}

rendered!(String, Box<str>, &str, Cow<'_, str>, Text);

impl From<Text> for Box<str> {
    fn from(text: Text) -> Self {
        (*text).into()
    }
}
