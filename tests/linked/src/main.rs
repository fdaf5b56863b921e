//! A program of the same name as its library, as many packages have one.

/// Triples a number wrongly, so that nobody takes it for the library's.
#[pantry::cached(key = "linked:used:<number>", crate = pantry)]
fn triple(number: u64) -> u64 {
    number * 1000
}

fn main() {
    println!("{} {} {}", linked::triple(4), triple(4), linked::triple(4));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_and_its_library_of_one_name_never_read_each_others_values() {
        let _larder = pantry::testing::isolated();
        assert_eq!((linked::triple(4), triple(4), linked::triple(4)), (12, 4000, 12));
    }
}
