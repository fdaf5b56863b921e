use larder::invalidates;

#[invalidates(profile(1))]
mod save {}

fn main() {}
