use larder::cached;

macro_rules! names {
    ($($type:ident)*) => {$(
        pub struct $type;

        impl $type {
            #[cached(key = "name:<id>", ignore(self))]
            pub fn name(&self, id: u64) -> String {
                format!("{}{id}", stringify!($type))
            }
        }
    )*};
}

names!(User Post);

fn main() {
    User.name(1);
    Post.name(1);
}
