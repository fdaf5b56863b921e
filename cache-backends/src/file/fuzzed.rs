//! What is read of files, for fuzzers.

use super::book::Book;
use super::head::{self, Head};

/// Panics where something is read that would be written otherwise.
pub fn read_back(bytes: &[u8]) {
    if let Some((head, name, rest)) = Head::read(bytes) {
        assert_eq!([&head.write(name), rest].concat(), bytes);
    }
    if let Some(book) = Book::read(bytes) {
        assert!(bytes.starts_with(&book.write()));
    }
}

/// Makes the sum right of what may be the head of an entry.
#[must_use]
pub fn whole_head(bytes: &[u8]) -> Vec<u8> {
    head::with_its_sum(bytes.to_vec())
}

/// Makes the sum right of what may be a book.
#[must_use]
pub fn whole_book(bytes: &[u8]) -> Vec<u8> {
    Book::with_its_sum(bytes.to_vec())
}
