use larder::key;

fn main() {
    let id = 42;
    let _ = key!("a:very:long:key:a:very:long:key:a:very:long:key:a:very:long:key:a:very:long:key:a:very:long:key:a:very:long:key:a:very:long:key:a:very:long:key:a:very:long:key:<id>");
}
