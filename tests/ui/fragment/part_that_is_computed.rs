use larder::fragment;

fn sidebar(page: u64) -> String {
    fragment!("sidebar", page + 1; page.to_string()).to_string()
}

fn main() {}
