//! Stores outside the process, against everything that is asked of them; those whose server is not there are ignored.

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    libtest_mimic::run(&arguments, vec![]).exit();
}
