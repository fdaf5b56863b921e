//! Whatever stands in a store under a layer: what is sealed opens as it was or not at all, what is packed unpacks as it
//! was, and nothing takes more memory than it was told to.
#![no_main]

use std::sync::{Arc, LazyLock};

use cache_core::backend::layer::{Compression, Layer, Means, Sealed, Secret};
use cache_core::backend::{Backend, ErasedBackend, Memory};
use cache_core::clock::Clock;
use cache_core::codec::Codec;
use cache_core::codec::wire::{FOR_EVER, Header, Wire};
use cache_core::executor::NoExecutor;
use cache_core::key::{Name, Scope};
use cache_core::testing::block_on;

/// What was larger before is neither packed nor unpacked.
const LARGEST: u32 = 1 << 20;

const HEADER: Header = Header {
    codec: Codec::MessagePack,
    mark: 7,
    shape: 9,
    created: 1_700_000_000_000,
    fresh_until: 1_700_000_060_000,
    kept_until: FOR_EVER,
    cost: 3,
    open: false,
    compressed: false,
};

/// A store with layers around it.
struct Wrapped {
    inner: Arc<Memory>,
    store: Arc<dyn ErasedBackend>,
    seals: bool,
}

impl Wrapped {
    fn new(layers: &[&dyn Layer], seals: bool) -> Self {
        let (inner, means) =
            (Arc::new(Memory::new(Clock::manual())), Means::new(Clock::manual(), Arc::new(NoExecutor)));
        let bare: Arc<dyn ErasedBackend> = inner.clone();
        let wrap = |store, layer: &&dyn Layer| layer.wrap(store, &means).expect("it has a key");
        Self { store: layers.iter().fold(bare, wrap), inner, seals }
    }

    fn lying(&self, name: &Name) -> Vec<u8> {
        block_on(Backend::get(&self.inner, name)).expect("it is here").expect("it was written")
    }

    fn put(&self, name: &Name, bytes: &[u8]) {
        block_on(Backend::set(&self.inner, name, bytes, None)).expect("it is here");
    }

    fn read(&self, name: &Name) -> Option<Vec<u8>> {
        block_on((*self.store).get(name)).expect("it is here")
    }
}

fn all() -> [Wrapped; 4] {
    let key = Secret::from_bytes(&std::array::from_fn::<u8, 32, _>(|at| at as u8)).expect("32 bytes");
    let pack = Compression::over(1).largest(LARGEST);
    let (encrypt, sign) = (Sealed::encrypt([key.clone()]), Sealed::sign([key]));
    [
        Wrapped::new(&[&pack], false),
        Wrapped::new(&[&encrypt], true),
        Wrapped::new(&[&sign], true),
        Wrapped::new(&[&encrypt, &pack], true),
    ]
}

fn name(key: &str) -> Name {
    Scope::new("", "1", None).expect("a short version").name(&key.into())
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    static ALL: LazyLock<[Wrapped; 4]> = LazyLock::new(all);
    let Some(([which, at, flip], bytes)) = input.split_first_chunk::<3>() else { return };
    let (here, there) = (name("here"), name("there"));
    let wrapped = &ALL[usize::from(*which) % ALL.len()];
    strange(wrapped, &here, bytes);
    strange(wrapped, &here, &HEADER.write(&[], bytes));
    // Bare bytes, and a record, whose head stays readable. One that says it is packed was packed by nobody here.
    let is_packed = Wire::read(bytes).is_some_and(|wire| wire.header.compressed);
    let bare = (!is_packed).then(|| bytes.to_vec());
    for value in bare.into_iter().chain([HEADER.write(&[], bytes)]) {
        block_on((*wrapped.store).set(&here, &value, None)).expect("it is here");
        assert_eq!(wrapped.read(&here).as_ref(), Some(&value), "it comes back as it was");
        let lying = wrapped.lying(&here);
        assert!(!wrapped.seals || lying != value);
        wrapped.put(&there, &lying);
        assert_eq!(wrapped.read(&there).is_some(), !wrapped.seals, "a seal is good under its own name");
        if !wrapped.seals {
            continue;
        }
        let mut changed = lying.clone();
        let place = usize::from(*at) * changed.len() / 256;
        changed[place] ^= (*flip).max(1);
        for wrong in [&changed[..], &lying[..place], &[&lying[..], &[*flip]].concat()] {
            wrapped.put(&here, wrong);
            assert_eq!(wrapped.read(&here), None, "what was changed at {place} of {} opens", lying.len());
        }
    }
});

/// Reads what somebody else has put there.
fn strange(wrapped: &Wrapped, name: &Name, bytes: &[u8]) {
    wrapped.put(name, bytes);
    let taken = allocation_counter::measure(|| drop(wrapped.read(name))).bytes_max;
    // What is packed may become 255 times as much, as far as it is let.
    let most = (256 * bytes.len() as u64).min(u64::from(LARGEST)) + 8 * bytes.len() as u64 + 10_000;
    assert!(taken <= most, "{taken} bytes for {}", bytes.len());
}
