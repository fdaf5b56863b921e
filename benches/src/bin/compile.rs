//! What an attribute costs when a program is built: a crate of 200 cached functions, beside the same by hand.
//!
//! `cargo run --release --manifest-path benches/Cargo.toml --bin compile`
//!
//! It writes three crates into a temporary folder, builds what they depend on, and measures the compiler at the crates
//! alone, in turns: `attribute` has `#[cached]` on each function, `full` has by hand what a companion has, and `least` has a
//! look-up and an `invalidate` only. Cargo calls this program in the compiler's place, so that its own time is not counted.

use std::env;
use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant, SystemTime};

const SITES: usize = 200;
const REPEATS: usize = 7;

/// Where a compiler that is measured writes how long it took.
const LOG: &str = "LARDER_COMPILE_LOG";

/// A crate: its name, and how its functions are written.
const CRATES: [(&str, fn(usize) -> String); 3] = [("attribute", attribute), ("full", full), ("least", least)];

/// A row: what is done, how cargo is told, and whether one body has changed since the last time.
const ROWS: [Row; 4] = [
    Row { title: "`cargo check`", cargo: &["check"], after_a_change: false },
    Row { title: "`cargo check`, incremental, one body changed", cargo: &["check"], after_a_change: true },
    Row { title: "`cargo build`", cargo: &["build"], after_a_change: false },
    Row { title: "`cargo build --release`", cargo: &["build", "--release"], after_a_change: false },
];

struct Row {
    title: &'static str,
    cargo: &'static [&'static str],
    after_a_change: bool,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    if let Some(log) = env::var_os(LOG) {
        return compile(Path::new(&log));
    }
    let is_quick = env::args().any(|argument| argument == "--quick");
    let repeats = if is_quick { 1 } else { REPEATS };
    let folder = env::temp_dir().join("larder-compile");
    for (name, function) in CRATES {
        write_crate(&folder, name, &source(function, 0))?;
    }
    println!("\n## What an attribute costs when a program is built\n");
    println!(
        "Milliseconds of a processor that rustc takes for a crate of {SITES} cached functions: the median of {repeats}, in turns.\n"
    );
    println!("| | attribute | by hand, in full | ratio | by hand, the least | ratio |");
    println!("|---|---|---|---|---|---|");
    // A word picks rows, by a part of their titles.
    let words: Vec<String> = env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    for row in ROWS.iter().filter(|row| words.is_empty() || words.iter().any(|word| row.title.contains(word.as_str())))
    {
        let [attribute, full, least] = measure(&folder, row, repeats)?.map(median);
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        println!(
            "| {} | {:.0} | {:.0} | {:.2} | {:.0} | {:.2} |",
            row.title,
            milliseconds(attribute),
            milliseconds(full),
            attribute.as_secs_f64() / full.as_secs_f64(),
            milliseconds(least),
            attribute.as_secs_f64() / least.as_secs_f64(),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Measures each crate as often as asked, in turns, so that what else the machine does is shared by all.
fn measure(folder: &Path, row: &Row, repeats: usize) -> Result<[Vec<Duration>; 3], Box<dyn Error>> {
    let mut times = [const { Vec::new() }; 3];
    // The first time builds what they depend on.
    for repeat in 0..=repeats {
        for ((name, function), times) in CRATES.into_iter().zip(&mut times) {
            let path = folder.join(name).join("src/lib.rs");
            if row.after_a_change {
                fs::write(&path, source(function, repeat))?;
            }
            File::options().append(true).open(&path)?.set_modified(SystemTime::now())?;
            let time = cargo(folder, name, row)?;
            if repeat > 0 {
                times.push(time);
            }
        }
    }
    Ok(times)
}

/// Has cargo build a crate, and returns how long its compiler took.
fn cargo(folder: &Path, name: &str, row: &Row) -> Result<Duration, Box<dyn Error>> {
    let log = folder.join("log");
    fs::write(&log, "")?;
    let output = Command::new(env!("CARGO"))
        .args(row.cargo)
        .current_dir(folder.join(name))
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("CARGO_INCREMENTAL", if row.after_a_change { "1" } else { "0" })
        .env("RUSTC_WRAPPER", env::current_exe()?)
        .env(LOG, &log)
        .stdout(Stdio::null())
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let nanoseconds: u64 = fs::read_to_string(&log)?.trim().parse()?;
    Ok(Duration::from_nanos(nanoseconds))
}

/// Stands in for the compiler: runs it, and notes how long it took for one of the crates.
fn compile(log: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let (rustc, arguments) = arguments.split_first().ok_or("cargo names its compiler")?;
    let is_measured = arguments.windows(2).any(|pair| {
        pair[0] == "--crate-name" && CRATES.iter().any(|(name, _)| pair[1].to_str() == Some(&format!("larder_{name}")))
    });
    let begin = Instant::now();
    let status = Command::new(rustc).args(arguments).status()?;
    let time = processor_time().unwrap_or_else(|| begin.elapsed());
    if is_measured {
        writeln!(OpenOptions::new().append(true).open(log)?, "{}", time.as_nanos())?;
    }
    Ok(ExitCode::from(u8::try_from(status.code().unwrap_or(1))?))
}

/// Returns for how long a processor was busy with what this process has started, where the system says so as Linux does:
/// what else a machine does at the time is then left out.
fn processor_time() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // What stands in parentheses is a name, and may hold spaces.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(13);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    // A hundred ticks a second, whatever the machine: it is part of the interface.
    Some(Duration::from_millis((ticks()? + ticks()?) * 10))
}

fn write_crate(folder: &Path, name: &str, source: &str) -> Result<(), Box<dyn Error>> {
    let larder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let manifest = format!(
        "[package]\nname = \"larder_{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nlarder = {{ path = {larder:?}, features = [\"tokio\"] }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n\n[workspace]\n"
    );
    fs::create_dir_all(folder.join(name).join("src"))?;
    fs::write(folder.join(name).join("Cargo.toml"), manifest)?;
    fs::write(folder.join(name).join("src/lib.rs"), source)?;
    Ok(())
}

/// What all three crates begin with; what a person would write once, too.
const BEGIN: &str = "#![allow(unused, non_camel_case_types)]
use larder::{Cache, Key, Options, cached, key};
use std::num::ParseIntError;

#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Profile {
    id: u64,
    name: String,
}

fn cache() -> Cache {
    larder::cache(\"default\").unwrap()
}
";

fn source(function: fn(usize) -> String, changed: usize) -> String {
    let functions: String = (0..SITES).map(function).collect();
    // A body that is another one each time, in the middle.
    let (before, after) = (format!("name: \"{}\"", SITES / 2), format!("name: \"{}{changed}\"", SITES / 2));
    BEGIN.to_owned() + &functions.replace(&before, &after)
}

/// Half of the functions block; the others are `async`, and may fail.
fn is_async(site: usize) -> bool {
    site % 2 == 1
}

fn attribute(site: usize) -> String {
    if is_async(site) {
        format!(
            r#"
#[cached(key = "site{site}:<id>:<name>", ttl = 60)]
pub async fn site{site}(id: u64, name: &str) -> Result<Profile, ParseIntError> {{
    Ok(Profile {{ id, name: name.to_owned() }})
}}
"#
        )
    } else {
        format!(
            r#"
#[cached(key = "site{site}:<id>", ttl = 60)]
pub fn site{site}(id: u64) -> Profile {{
    Profile {{ id, name: "{site}".to_owned() }}
}}
"#
        )
    }
}

fn least(site: usize) -> String {
    if is_async(site) {
        format!(
            r#"
pub async fn site{site}(id: u64, name: &str) -> Result<Profile, ParseIntError> {{
    cache()
        .try_get_or_load_shared(key!("site{site}:<id>:<name>"), Options::ttl(60), async || {{
            Ok(Profile {{ id, name: name.to_owned() }})
        }})
        .await
}}

pub async fn site{site}_invalidate(id: u64, name: &str) {{
    let _ = cache().delete(key!("site{site}:<id>:<name>")).await;
}}
"#
        )
    } else {
        format!(
            r#"
pub fn site{site}(id: u64) -> Profile {{
    cache().blocking().get_or_load(key!("site{site}:<id>"), Options::ttl(60), || {{
        Profile {{ id, name: "{site}".to_owned() }}
    }})
}}

pub fn site{site}_invalidate(id: u64) {{
    let _ = cache().blocking().delete(key!("site{site}:<id>"));
}}
"#
        )
    }
}

fn full(site: usize) -> String {
    if is_async(site) {
        format!(
            r#"
pub async fn site{site}(id: u64, name: &str) -> Result<Profile, ParseIntError> {{
    let load = || site{site}::uncached(id, name);
    cache().try_get_or_load_shared(site{site}::key(id, name), Options::ttl(60), load).await
}}

pub enum site{site} {{}}

impl site{site} {{
    pub async fn uncached(id: u64, name: &str) -> Result<Profile, ParseIntError> {{
        Ok(Profile {{ id, name: name.to_owned() }})
    }}

    pub async fn refresh(id: u64, name: &str) -> Result<Profile, ParseIntError> {{
        let value = Self::uncached(id, name).await?;
        Self::put(id, name, value.clone()).await;
        Ok(value)
    }}

    pub fn key(id: u64, name: &str) -> Key {{
        key!("site{site}:<id>:<name>")
    }}

    pub async fn get(id: u64, name: &str) -> Option<Profile> {{
        cache().get(Self::key(id, name)).await.unwrap_or_default()
    }}

    pub async fn put(id: u64, name: &str, value: Profile) {{
        let _ = cache().set(Self::key(id, name), value, Options::ttl(60)).await;
    }}

    pub async fn invalidate(id: u64, name: &str) {{
        let _ = cache().delete(Self::key(id, name)).await;
    }}

    pub fn get_blocking(id: u64, name: &str) -> Option<Profile> {{
        cache().blocking().get(Self::key(id, name)).unwrap_or_default()
    }}

    pub fn put_blocking(id: u64, name: &str, value: Profile) {{
        let _ = cache().blocking().set(Self::key(id, name), value, Options::ttl(60));
    }}

    pub fn invalidate_blocking(id: u64, name: &str) {{
        let _ = cache().blocking().delete(Self::key(id, name));
    }}
}}
"#
        )
    } else {
        format!(
            r#"
pub fn site{site}(id: u64) -> Profile {{
    cache().blocking().get_or_load(site{site}::key(id), Options::ttl(60), || site{site}::uncached(id))
}}

pub enum site{site} {{}}

impl site{site} {{
    pub fn uncached(id: u64) -> Profile {{
        Profile {{ id, name: "{site}".to_owned() }}
    }}

    pub fn refresh(id: u64) -> Profile {{
        let value = Self::uncached(id);
        Self::put(id, value.clone());
        value
    }}

    pub fn key(id: u64) -> Key {{
        key!("site{site}:<id>")
    }}

    pub fn get(id: u64) -> Option<Profile> {{
        cache().blocking().get(Self::key(id)).unwrap_or_default()
    }}

    pub fn put(id: u64, value: Profile) {{
        let _ = cache().blocking().set(Self::key(id), value, Options::ttl(60));
    }}

    pub fn invalidate(id: u64) {{
        let _ = cache().blocking().delete(Self::key(id));
    }}

    pub async fn get_async(id: u64) -> Option<Profile> {{
        cache().get(Self::key(id)).await.unwrap_or_default()
    }}

    pub async fn put_async(id: u64, value: Profile) {{
        let _ = cache().set(Self::key(id), value, Options::ttl(60)).await;
    }}

    pub async fn invalidate_async(id: u64) {{
        let _ = cache().delete(Self::key(id)).await;
    }}
}}
"#
        )
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
