//! What is written for people.

use std::time::Duration;

use larder::Ttl;

/// Returns a time as people say it.
pub fn time(ttl: Ttl) -> String {
    match ttl {
        Ttl::Default => "300 s".to_owned(),
        Ttl::Forever => "never ends".to_owned(),
        Ttl::For(Duration::ZERO) => "0 s: nothing is kept".to_owned(),
        Ttl::For(time) if time.subsec_millis() == 0 => format!("{} s", time.as_secs()),
        Ttl::For(time) => format!("{} ms", time.as_millis()),
    }
}

/// Returns names as people list them.
pub fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
