//! Nothing but the tests of the layers that people put around a cache of pages.
