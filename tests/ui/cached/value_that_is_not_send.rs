use larder::cached;

#[cached(key = "profile:<id>", local)]
fn profile(id: u64) -> std::rc::Rc<u64> {
    id.into()
}

fn main() {
    profile(1);
}
