//! Disks without room.

use cache_core::backend::Backend;
use cache_core::error::Kind;
use cache_core::testing::block_on;

use super::*;

/// A small disk of its own, which nobody else sees and which goes with the process.
const SMALL_DISK: &str = "mount -t tmpfs -o size=256k larder \"$LARDER_TEST_FOLDER\" && exec \"$@\"";
/// Where nobody may mount one: no file larger than 64 KiB.
const SMALL_FILES: &str = "trap '' XFSZ; ulimit -f 128; exec \"$@\"";

#[test]
fn a_full_disk_leaves_the_old_value_gone_and_never_half_of_the_new() {
    if let Some(folder) = given() {
        return on_a_full_disk(&folder);
    }
    let texts = [&["unshare", "-m", "sh", "-c", SMALL_DISK, "sh"][..], &["sh", "-c", SMALL_FILES, "sh"]].map(|shell| {
        let (folder, program) = (folder(), env::current_exe().expect("a program"));
        let test = "full::a_full_disk_leaves_the_old_value_gone_and_never_half_of_the_new";
        output(shell, &program, test, folder.path())
    });
    assert!(texts[1].contains("1 passed"), "{}", texts[1]);
    // Without the right to mount, the test did not begin.
    assert!(texts[0].is_empty() || texts[0].contains("1 passed"), "{}", texts[0]);
}

fn on_a_full_disk(folder: &Path) {
    let (store, names) =
        (File::new(Config::new(folder)).expect("a store"), [0, 1, 2, 3].map(|key| name(&key.to_string())));
    let mut refused = 0;
    for round in 1..200_usize {
        let (name, size) = (&names[round % 4], round * 1_000);
        let written = block_on(store.set(name, &vec![b'v'; size], None));
        if let Err(error) = &written {
            assert!(error.kind() == Kind::Store && error.to_string().contains("there is no room"), "{error}");
            refused += 1;
        }
        assert_eq!(get(&store, name).map(|value| value.len()), written.is_ok().then_some(size));
    }
    assert!(refused > 10, "the disk was never full");
    for name in &names {
        block_on(store.delete(name)).expect("to remove needs no room");
        assert_eq!(get(&store, name), None);
    }
    set(&store, &names[0], b"there is room again", None);
    assert!(files(folder).iter().all(|path| !path.to_string_lossy().contains("-new")), "no draft is left");
}
