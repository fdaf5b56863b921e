//! The folder of a server.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use super::said;

/// A folder for one server, and who owns it.
pub(super) struct Place {
    folder: PathBuf,
    owner: Option<(u32, u32)>,
}

impl Place {
    pub fn make(kind: &str) -> Result<Self, String> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        // The names of sockets are short.
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let folder = std::env::temp_dir().join(format!("larder-{kind}-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(said("a temporary folder"))?;
        let owner = if is_root()? { Some(nobody()?) } else { None };
        let place = Self { folder, owner };
        if let Some((user, group)) = owner {
            chown(&place.folder, Some(user), Some(group)).map_err(said("its owner"))?;
        }
        fs::set_permissions(&place.folder, fs::Permissions::from_mode(0o755)).map_err(said("its rights"))?;
        Ok(place)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        if name.is_empty() { self.folder.clone() } else { self.folder.join(name) }
    }

    /// Writes a file in it, which its owner may change.
    pub fn write(&self, name: &str, text: &str) -> io::Result<()> {
        fs::write(self.path(name), text)?;
        let (user, group) = self.owner.unzip();
        chown(self.path(name), user, group)
    }

    pub fn as_their_owner<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        // MariaDB begins by removing the temporary tables of others, where they have a folder in common.
        command.current_dir(&self.folder).env("TMPDIR", &self.folder).env("HOME", &self.folder).env("LC_ALL", "C");
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }

    /// Runs a program to its end.
    pub fn run(&self, command: &mut Command) -> Result<(), String> {
        let output = self.as_their_owner(command).stdin(Stdio::null()).output().map_err(said("a set-up"))?;
        if output.status.success() {
            return Ok(());
        }
        let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
        Err(format!("{} failed:\n{out}{err}", command.get_program().display()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn is_root() -> Result<bool, String> {
    Ok(fs::metadata("/proc/self").map_err(said("/proc"))?.uid() == 0)
}

fn nobody() -> Result<(u32, u32), String> {
    let users = fs::read_to_string("/etc/passwd").map_err(said("/etc/passwd"))?;
    let line = users.lines().find(|line| line.starts_with("nobody:")).ok_or("there is no user `nobody`")?;
    let mut ids = line.split(':').skip(2).map(str::parse);
    match (ids.next(), ids.next()) {
        (Some(Ok(user)), Some(Ok(group))) => Ok((user, group)),
        _ => Err("the line of `nobody` in /etc/passwd".into()),
    }
}
