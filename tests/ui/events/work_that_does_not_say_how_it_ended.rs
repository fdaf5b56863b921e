fn rename(id: u64) -> bool {
    id == 7
}

fn main() {
    larder::after_commit_blocking(|| rename(7));
}
