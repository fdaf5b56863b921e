//! Nothing but tests: see `README.md`.
