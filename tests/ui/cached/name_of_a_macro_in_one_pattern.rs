use larder::cached;

macro_rules! loads {
    ($other:ident) => {
        #[cached(key = "loads:<id>")]
        fn loads((id, $other): (u64, u64)) -> u64 {
            id + $other
        }
    };
}

loads!(id);

fn main() {}
