//! What does a reader of the output directory see, and when?
//!
//! `.versions/<n>/` holds a whole output: tables, themes, manifests, keys. `current` is a link to one of them and
//! `tables`, `themes`, `runs` lead through it. A run fills `.versions/<n+1>.partial/`, files that did
//! not change hard-linked, renames it, and switches `current` with one rename. Killed at any moment, readers
//! see the directory as before or as after; what was left behind is cleared by the next run. The version before
//! stays, for readers that hold it.

use std::collections::BTreeSet;
use std::fs::TryLockError;
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::error::{Error, Result};
use crate::month::Month;
use crate::schema::{Layout, TABLES, Table};

const VERSIONS: &str = ".versions";
const CURRENT: &str = "current";
const LINKS: [&str; 3] = ["tables", "themes", "runs"];

/// An output directory, locked for one writer until dropped.
#[derive(Debug)]
pub struct Output {
    folder: PathBuf,
    current: Option<u64>,
    /// The lock goes when the file is closed, also when the process is killed.
    _lock: std::fs::File,
}

/// One whole output.
#[derive(Clone, Debug)]
pub struct Version {
    folder: PathBuf,
}

/// A version under construction.
#[derive(Debug)]
pub struct Staging {
    version: Version,
    number: u64,
}

impl Output {
    /// Opens a directory for writing, makes it if it is missing, and clears what a killed run left.
    ///
    /// Fails with [`Error::Output`] when another process has it, or when it holds something else.
    pub fn open(folder: &Path) -> Result<Self> {
        refuse_foreign(folder)?;
        fs::create_dir_all(folder.join(VERSIONS)).map_err(Error::io("cannot make the output directory"))?;
        let lock = lock(folder)?;
        let output = Self { current: current(folder)?, folder: folder.to_owned(), _lock: lock };
        output.clear()?;
        Ok(output)
    }

    /// The directory.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What readers see now; none before the first run.
    pub fn version(&self) -> Option<Version> {
        self.current.map(|n| Version { folder: self.folder.join(VERSIONS).join(n.to_string()) })
    }

    /// Starts a new version.
    pub fn stage(&self) -> Result<Staging> {
        let number = self.current.map_or(1, |n| n + 1);
        let folder = self.folder.join(VERSIONS).join(format!("{number}.partial"));
        fs::create_dir_all(&folder).map_err(Error::io("cannot make a version"))?;
        Ok(Staging { version: Version { folder }, number })
    }

    /// Shows a version to readers: the one rename that counts.
    pub fn publish(&mut self, staging: Staging) -> Result<Version> {
        let versions = self.folder.join(VERSIONS);
        sync_folders(&staging.version.folder)?;
        let folder = versions.join(staging.number.to_string());
        fs::rename(&staging.version.folder, &folder).map_err(Error::io("cannot publish"))?;
        sync_folder(&versions)?;
        for link in LINKS {
            let path = self.folder.join(link);
            if path.symlink_metadata().is_err() {
                symlink(Path::new(CURRENT).join(link), &path).map_err(Error::io("cannot publish"))?;
            }
        }
        let next = self.folder.join(".current.next");
        remove_if_there(&next)?;
        symlink(Path::new(VERSIONS).join(staging.number.to_string()), &next).map_err(Error::io("cannot publish"))?;
        fs::rename(&next, self.folder.join(CURRENT)).map_err(Error::io("cannot publish"))?;
        sync_folder(&self.folder)?;
        self.current = Some(staging.number);
        self.clear()?;
        Ok(Version { folder })
    }

    /// Removes partial versions and all but the current one and the one before.
    fn clear(&self) -> Result<()> {
        let versions = self.folder.join(VERSIONS);
        for entry in fs::read_dir(&versions).map_err(Error::io("cannot read the versions"))? {
            let path = entry.map_err(Error::io("cannot read the versions"))?.path();
            let number = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u64>().ok());
            let keep = number.is_some_and(|n| self.current.is_some_and(|current| n == current || n + 1 == current));
            if !keep && path.is_dir() {
                fs::remove_dir_all(&path).map_err(Error::io("cannot clear an old version"))?;
            }
        }
        remove_if_there(&self.folder.join(".current.next"))
    }
}

impl Version {
    /// The version that readers of a directory see now, without taking the lock.
    pub fn current(folder: &Path) -> Result<Option<Self>> {
        Ok(current(folder)?.map(|n| Self { folder: folder.join(VERSIONS).join(n.to_string()) }))
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the tables are.
    pub fn tables(&self) -> PathBuf {
        self.folder.join("tables")
    }

    /// Where the theme registry is.
    pub fn themes(&self) -> PathBuf {
        self.folder.join("themes")
    }

    /// Where the manifests are.
    pub fn runs(&self) -> PathBuf {
        self.folder.join("runs")
    }

    /// Where the row keys of a month are.
    pub fn keys_file(&self, month: Month) -> PathBuf {
        self.folder.join("keys").join(format!("{}.bin", month.folder()))
    }

    /// The file of a month table.
    pub fn month_file(&self, table: &Table, month: Month) -> PathBuf {
        self.tables().join(table.name).join(month.folder()).join("part-0.parquet")
    }

    /// The file of a dimension.
    pub fn dimension_file(&self, table: &Table) -> PathBuf {
        self.tables().join(table.name).join("part-0.parquet")
    }

    /// The months of a table, oldest first.
    pub fn months(&self, table: &Table) -> Result<BTreeSet<Month>> {
        let folder = self.tables().join(table.name);
        if !folder.exists() {
            return Ok(BTreeSet::new());
        }
        let mut months = BTreeSet::new();
        for entry in fs::read_dir(&folder).map_err(Error::io("cannot read the tables"))? {
            let name = entry.map_err(Error::io("cannot read the tables"))?.file_name();
            months.extend(name.to_str().and_then(Month::from_folder));
        }
        Ok(months)
    }
}

impl Staging {
    /// The version as it will be.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Its number.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Takes over the files of a table from the version before, except for some months.
    pub fn keep_table(&self, old: &Version, table: &Table, except: &BTreeSet<Month>) -> Result<()> {
        match table.layout {
            Layout::Dimension => self.keep(old, &old.dimension_file(table)),
            Layout::Month => {
                for month in old.months(table)?.difference(except) {
                    self.keep(old, &old.month_file(table, *month))?;
                }
                Ok(())
            }
        }
    }

    /// Takes over a file from the version before under the same name, if it is there.
    pub fn keep(&self, old: &Version, path: &Path) -> Result<()> {
        if !path.exists() {
            return Ok(());
        }
        let relative = path.strip_prefix(&old.folder).expect("a file of the version before");
        let target = self.version.folder.join(relative);
        let folder = target.parent().expect("files of a version lie in folders");
        fs::create_dir_all(folder).map_err(Error::io("cannot make a folder"))?;
        remove_if_there(&target)?;
        // File systems without hard links get a copy.
        if fs::hard_link(path, &target).is_err() {
            fs::copy(path, &target).map_err(Error::io("cannot take over a file"))?;
        }
        Ok(())
    }

    /// Takes over a whole folder of the version before.
    pub fn keep_folder(&self, old: &Version, folder: &Path) -> Result<()> {
        if !folder.exists() {
            return Ok(());
        }
        for entry in fs::read_dir(folder).map_err(Error::io("cannot read a version"))? {
            let path = entry.map_err(Error::io("cannot read a version"))?.path();
            if path.is_dir() { self.keep_folder(old, &path)? } else { self.keep(old, &path)? }
        }
        Ok(())
    }
}

impl Drop for Staging {
    /// A version that was not published leaves nothing behind; what cannot be removed now, the next run removes.
    fn drop(&mut self) {
        if self.version.folder.exists() {
            fs::remove_dir_all(&self.version.folder).ok();
        }
    }
}

fn current(folder: &Path) -> Result<Option<u64>> {
    let link = folder.join(CURRENT);
    if link.symlink_metadata().is_err() {
        return Ok(None);
    }
    let target = fs::read_link(&link).map_err(Error::io("cannot read the output directory"))?;
    let number = target.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
    match number {
        Some(number) if folder.join(VERSIONS).join(target.file_name().unwrap_or_default()).is_dir() => Ok(Some(number)),
        _ => Err(Error::Output {
            path: folder.to_owned(),
            what: "`current` leads to no version of an output".to_owned(),
            hint: Some("restore the directory from a copy, or choose another one".to_owned()),
        }),
    }
}

/// A directory that holds other things is not ours to write into.
fn refuse_foreign(folder: &Path) -> Result<()> {
    if folder.symlink_metadata().is_ok() && !folder.is_dir() {
        return Err(Error::Output {
            path: folder.to_owned(),
            what: "is a file".to_owned(),
            hint: Some("--out takes a directory".to_owned()),
        });
    }
    for link in LINKS {
        if folder.join(link).symlink_metadata().is_ok_and(|m| !m.is_symlink()) {
            return Err(Error::Output {
                path: folder.to_owned(),
                what: format!("`{link}` is there already and was not written by outspoken"),
                hint: Some("choose an empty or a new directory".to_owned()),
            });
        }
    }
    Ok(())
}

/// Only one process writes: the file says which, for the other one's message.
fn lock(folder: &Path) -> Result<std::fs::File> {
    let path = folder.join(".lock");
    let mut file = fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .map_err(Error::io("cannot lock the output directory"))?
        .into_parts()
        .0;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut owner = String::new();
            file.read_to_string(&mut owner).map_err(Error::io("cannot read the lock"))?;
            return Err(Error::Output {
                path: folder.to_owned(),
                what: format!("another run is writing here ({})", owner.trim()),
                hint: Some("wait until it ends; a killed run leaves no lock".to_owned()),
            });
        }
        Err(TryLockError::Error(error)) => return Err(Error::Io { doing: "cannot lock the output directory", source: error }),
    }
    let since = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
    let owner = format!("process {} since {since}\n", std::process::id());
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| file.write_all(owner.as_bytes()))
        .map_err(Error::io("cannot lock the output directory"))?;
    Ok(file)
}

fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::Io { doing: "cannot remove a file", source: error }),
        _ => Ok(()),
    }
}

fn sync_folder(folder: &Path) -> Result<()> {
    fs::File::open(folder).and_then(|f| f.sync_all()).map_err(Error::io("cannot write to the disk"))
}

fn sync_folders(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(Error::io("cannot read a version"))? {
        let path = entry.map_err(Error::io("cannot read a version"))?.path();
        if path.is_dir() {
            sync_folders(&path)?;
        }
    }
    sync_folder(folder)
}

/// The tables that hold rows, as against figures computed from them.
pub(crate) fn row_tables() -> impl Iterator<Item = &'static Table> {
    const ROWS: [&str; 7] = ["response", "response_attribute", "verbatim", "clause", "hotline_hit", "hotline", "score"];
    TABLES.iter().copied().filter(|table| ROWS.contains(&table.name))
}
