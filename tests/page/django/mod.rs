//! What was recorded of Django, and what its views answer: the same for whatever brings the requests.

pub mod others;
pub mod scenario;
pub mod view;
