use std::collections::HashMap;

use larder::cached;

struct Users;

impl Users {
    #[cached(key = "users:<id>", each(id in ids), ignore(self))]
    fn find(&self, ids: &[u64]) -> HashMap<u64, String> {
        ids.iter().map(|id| (*id, id.to_string())).collect()
    }
}

fn main() {
    Users.find(&[1]);
}
