//! What the log of these tests says.

use std::sync::{Mutex, Once};

/// Returns what it has said so far.
pub fn lines() -> &'static Mutex<Vec<String>> {
    struct Lines;

    static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());
    static BEGIN: Once = Once::new();

    impl log::Log for Lines {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            true
        }

        fn log(&self, record: &log::Record<'_>) {
            let line = format!("{} {} {}", record.level(), record.target(), record.args());
            SAID.lock().unwrap().push(line);
        }

        fn flush(&self) {}
    }

    BEGIN.call_once(|| {
        log::set_logger(&Lines).expect("no other logger");
        log::set_max_level(log::LevelFilter::Trace);
    });
    &SAID
}
