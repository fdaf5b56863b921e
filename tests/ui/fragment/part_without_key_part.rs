use larder::fragment;

fn sidebar(scale: f64) -> String {
    fragment!("sidebar", scale; scale.to_string()).to_string()
}

fn main() {}
