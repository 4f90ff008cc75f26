//! Which files have landed in a folder, and where do they go?

use std::collections::BTreeMap;
use std::fs::TryLockError;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use fs_err as fs;

use crate::error::{Error, Result};
use crate::runner::fingerprint_of_file;

/// A folder in which files land. One process watches it: the lock goes when that ends, however it ends.
#[derive(Debug)]
pub(super) struct Inbox {
    folder: PathBuf,
    settle: Duration,
    /// What each file was like when it was last seen to change, and when that was.
    seen: BTreeMap<PathBuf, (u64, SystemTime, Instant)>,
    _lock: std::fs::File,
}

/// A file that is complete.
#[derive(Debug)]
pub(super) struct Landed {
    pub(super) path: PathBuf,
    pub(super) name: String,
}

impl Landed {
    /// The file as an input is named.
    pub(super) fn pattern(&self) -> String {
        self.path.display().to_string()
    }
}

impl Inbox {
    /// Opens the folder, which must be there; `done` and `failed` are made in it.
    pub(super) fn open(folder: &Path, settle: Duration) -> Result<Self> {
        if !folder.is_dir() {
            return Err(Error::InputNotFound {
                what: folder.display().to_string(),
                hint: "make the folder in which files land first".to_owned(),
            });
        }
        for name in ["done", "failed"] {
            fs::create_dir_all(folder.join(name)).map_err(Error::io("cannot make a folder in the inbox"))?;
        }
        let lock = fs::File::create(folder.join(".outspoken-watch.lock")).map_err(Error::io("cannot lock the inbox"))?.into_file();
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_owned(), settle, seen: BTreeMap::new(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Error::Output {
                path: folder.to_owned(),
                what: "another process is watching it".to_owned(),
                hint: Some("one folder has one watcher".to_owned()),
            }),
            Err(TryLockError::Error(source)) => Err(Error::Io { doing: "cannot lock the inbox", source }),
        }
    }

    /// The files that are complete, oldest first, and how many are not yet.
    pub(super) fn look(&mut self) -> Result<(Vec<Landed>, usize)> {
        let now = Instant::now();
        let mut seen = BTreeMap::new();
        for entry in fs::read_dir(&self.folder).map_err(Error::io("cannot list the inbox"))? {
            let path = entry.map_err(Error::io("cannot list the inbox"))?.path();
            // A file that is gone again is no error: it was renamed.
            let Ok(metadata) = fs::metadata(&path) else { continue };
            if !metadata.is_file() || is_unfinished(&path) {
                continue;
            }
            let (size, changed) = (metadata.len(), metadata.modified().map_err(Error::io("cannot list the inbox"))?);
            let since = match self.seen.get(&path) {
                Some((size_before, changed_before, since)) if (*size_before, *changed_before) == (size, changed) => *since,
                // What changed last long ago was not being written when it was first seen.
                _ => changed.elapsed().ok().and_then(|age| now.checked_sub(age.min(self.settle))).unwrap_or(now),
            };
            seen.insert(path, (size, changed, since));
        }
        self.seen = seen;
        let mut landed: Vec<(&SystemTime, &PathBuf)> = Vec::new();
        for (path, (_, changed, since)) in &self.seen {
            if now.duration_since(*since) >= self.settle {
                landed.push((changed, path));
            }
        }
        landed.sort();
        let n_growing = self.seen.len() - landed.len();
        let landed = landed.into_iter().map(|(_, path)| Landed { path: path.clone(), name: name_of(path) });
        Ok((landed.collect(), n_growing))
    }

    /// Whether a file is not what it was when it was taken for complete.
    pub(super) fn has_changed(&self, file: &Landed) -> bool {
        let now = fs::metadata(&file.path).ok().and_then(|metadata| Some((metadata.len(), metadata.modified().ok()?)));
        now.is_none_or(|now| self.seen.get(&file.path).is_none_or(|(size, changed, _)| (*size, *changed) != now))
    }

    /// The run that has published a file of this name and content; none: it is to be run.
    pub(super) fn run_of(&self, file: &Landed, out: &Path) -> Result<Option<String>> {
        let runs = out.join("runs");
        if !runs.exists() {
            return Ok(None);
        }
        let fingerprint = fingerprint_of_file(&file.path)?;
        let mut found = None;
        for entry in fs::read_dir(&runs).map_err(Error::io("cannot read the manifests"))? {
            let path = entry.map_err(Error::io("cannot read the manifests"))?.path();
            let manifest: serde_json::Value =
                serde_json::from_slice(&fs::read(&path).map_err(Error::io("cannot read a manifest"))?).unwrap_or_default();
            let inputs = manifest.get("inputs").and_then(|inputs| inputs.as_array());
            let has = inputs.is_some_and(|inputs| {
                inputs.iter().any(|input| input["name"] == file.name.as_str() && input["fingerprint"] == fingerprint.as_str())
            });
            let run_id = manifest.get("run_id").and_then(|id| id.as_str());
            found = found.max(run_id.filter(|_| has).map(str::to_owned));
        }
        Ok(found)
    }

    /// Moves a file that was run.
    pub(super) fn done(&mut self, file: &Landed) -> Result<PathBuf> {
        self.move_to("done", file)
    }

    /// Moves a file that cannot be run, the reason beside it. The reason comes first: a file in `failed` always has one.
    pub(super) fn failed(&mut self, file: &Landed, reason: &str) -> Result<PathBuf> {
        let target = self.free_name("failed", &file.name);
        let beside = PathBuf::from(format!("{}.reason.txt", target.display()));
        fs::write(beside, reason).map_err(Error::io("cannot write why a file failed"))?;
        fs::rename(&file.path, &target).map_err(Error::io("cannot move a file of the inbox"))?;
        Ok(target)
    }

    fn move_to(&mut self, folder: &str, file: &Landed) -> Result<PathBuf> {
        let target = self.free_name(folder, &file.name);
        fs::rename(&file.path, &target).map_err(Error::io("cannot move a file of the inbox"))?;
        Ok(target)
    }

    /// `july.csv`, or where that is taken `july-2.csv` and so on.
    fn free_name(&self, folder: &str, name: &str) -> PathBuf {
        let folder = self.folder.join(folder);
        let (stem, rest) = name.split_once('.').map_or((name, String::new()), |(stem, rest)| (stem, format!(".{rest}")));
        let names = std::iter::once(name.to_owned()).chain((2_u64..).map(|n| format!("{stem}-{n}{rest}")));
        names.map(|name| folder.join(name)).find(|path| !path.exists()).expect("some number is free")
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Names under which programs write what they rename when it is complete.
fn is_unfinished(path: &Path) -> bool {
    const ENDINGS: [&str; 6] = [".part", ".partial", ".tmp", ".filepart", ".crdownload", ".swp"];
    let name = name_of(path).to_lowercase();
    name.starts_with(['.', '~']) || ENDINGS.iter().any(|ending| name.ends_with(ending))
}
