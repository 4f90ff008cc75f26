//! Which files are the input?
//!
//! Paths, directories and globs come in; files in a stable order with a stable name go out, and what was skipped with
//! the reason. In a directory a file is taken for its extension or its first bytes; a file that is named is always taken.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result, nearest};

/// A file to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its name in tables, relative to the input, parts joined by `/`: of a file that is named its file name, of one in a directory or behind a glob the path below it.
    pub name: String,
}

/// The files of an input.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Files in the order of the inputs; those of a directory or glob sorted by name. No file twice.
    pub files: Vec<InputFile>,
    /// What lay in a directory and was not taken, with the reason.
    pub skipped: Vec<(PathBuf, String)>,
}

/// Extensions that a directory is searched for, before `.gz` or `.zst`.
const EXTENSIONS: [&str; 9] = ["csv", "tsv", "tab", "txt", "json", "jsonl", "ndjson", "parquet", "xlsx"];

/// Lists the files of `inputs`: files, directories (with what lies below them) and globs.
///
/// Fails with [`Error::InputNotFound`] for an input that names nothing, with the nearest name beside it as hint.
pub fn list(inputs: &[String]) -> Result<Listing> {
    let mut listing = Listing::default();
    for input in inputs {
        let path = Path::new(input);
        if path.is_dir() {
            directory(path, &mut listing)?;
        } else if path.exists() {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            listing.files.push(InputFile { path: path.to_owned(), name });
        } else if input.contains(['*', '?', '[']) {
            globbed(input, &mut listing)?;
        } else {
            return Err(Error::InputNotFound { what: input.clone(), hint: beside(path) });
        }
    }
    let mut seen = BTreeSet::new();
    listing.files.retain(|file| seen.insert(file.path.canonicalize().unwrap_or_else(|_| file.path.clone())));
    tell_apart(&mut listing.files);
    Ok(listing)
}

/// Whether a path can be read once only: a pipe, as a shell makes one for `<(zcat july.csv.gz)`, or a device.
pub fn is_stream(path: &Path) -> bool {
    fs_err::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// Gives files of different folders that would have the same name more of their path.
fn tell_apart(files: &mut [InputFile]) {
    let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
    for file in files.iter() {
        *by_name.entry(file.name.clone()).or_default() += 1;
    }
    for file in files.iter_mut().filter(|file| by_name.get(&file.name).is_some_and(|n| *n > 1)) {
        file.name = joined(&file.path);
    }
}

fn joined(path: &Path) -> String {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(part) => Some(part.to_string_lossy()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

fn directory(root: &Path, listing: &mut Listing) -> Result<()> {
    let mut found = Vec::new();
    walk(root, &mut found, &mut listing.skipped)?;
    found.sort_by_cached_key(|path| joined(path));
    for path in found {
        match why_not(&path) {
            Some(why) => listing.skipped.push((path, why)),
            None => {
                let name = joined(path.strip_prefix(root).unwrap_or(&path));
                listing.files.push(InputFile { path, name });
            }
        }
    }
    Ok(())
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>, skipped: &mut Vec<(PathBuf, String)>) -> Result<()> {
    let mut entries = Vec::new();
    for entry in fs_err::read_dir(folder).map_err(Error::io("cannot list the input"))? {
        let entry = entry.map_err(Error::io("cannot list the input"))?;
        entries.push((entry.path(), entry.file_type().map_err(Error::io("cannot list the input"))?));
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    for (path, kind) in entries {
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if is_hidden {
            skipped.push((path, "hidden".to_owned()));
        } else if kind.is_dir() {
            walk(&path, found, skipped)?;
        } else if kind.is_symlink() && path.is_dir() {
            skipped.push((path, "a link to a directory".to_owned()));
        } else if path.is_file() {
            found.push(path);
        } else {
            skipped.push((path, "not a file".to_owned()));
        }
    }
    Ok(())
}

/// Why a file in a directory is not taken; none: it is.
fn why_not(path: &Path) -> Option<String> {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    if is_temporary(&name) {
        return Some("a temporary file".to_owned());
    }
    let extension = extension(&name);
    let mut head = [0; 4096];
    let n = match fs_err::File::open(path).and_then(|mut file| file.read(&mut head)) {
        Ok(n) => n,
        Err(error) => return Some(format!("cannot be read: {}", error.kind())),
    };
    let head = head.get(..n).unwrap_or_default();
    let is_packed = head.starts_with(&[0x1f, 0x8b]) || head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
    match head {
        [] => return Some("empty".to_owned()),
        [b'P', b'A', b'R', b'1', ..] => return None,
        [b'P', b'K', 3, 4, ..] if extension == "xlsx" => return None,
        [b'P', b'K', 3, 4, ..] => return Some("a zip archive: unpack it".to_owned()),
        _ => {}
    }
    if let Some(why) = is_unknown(extension) {
        return Some(why);
    }
    let text = head.trim_ascii_start();
    let holds_no_object = text.starts_with(b"[") && !text.get(1..).is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{"));
    if extension == "json" && !is_packed && holds_no_object {
        return Some("a JSON array without objects".to_owned());
    }
    let is_wide = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    let is_zeros = head.iter().filter(|b| **b == 0).count() * 2 > n;
    (!is_packed && !is_wide && is_zeros).then(|| "not text and of no known format".to_owned())
}

fn is_temporary(name: &str) -> bool {
    name.starts_with("~$") || name.ends_with(".part") || name.ends_with(".tmp")
}

/// What stands behind the last dot, packing left out.
fn extension(name: &str) -> &str {
    let inner = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(name);
    inner.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn is_unknown(extension: &str) -> Option<String> {
    let what = if extension.is_empty() { "no extension".to_owned() } else { format!("extension .{extension}") };
    (!EXTENSIONS.contains(&extension)).then(|| format!("{what}: name the file itself to read it"))
}

/// Why a file in a folder of an object store is not taken; none: it is. Its name has to tell, because to look inside is to fetch it.
#[cfg(feature = "object_store")]
pub(crate) fn why_not_named(path: &str) -> Option<String> {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    if path.split('/').any(|part| part.starts_with('.')) {
        return Some("hidden".to_owned());
    }
    if is_temporary(&name) {
        return Some("a temporary file".to_owned());
    }
    is_unknown(extension(&name))
}

fn globbed(pattern: &str, listing: &mut Listing) -> Result<()> {
    let bad = |why: String| Error::InputNotFound { what: pattern.to_owned(), hint: why };
    let paths = glob::glob(pattern).map_err(|error| bad(format!("the pattern cannot be read: {}", error.msg)))?;
    let mut found: Vec<PathBuf> = paths.filter_map(|path| path.ok()).filter(|path| path.is_file()).collect();
    found.sort();
    let fixed: PathBuf =
        Path::new(pattern).components().take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '['])).collect();
    if found.is_empty() {
        return Err(bad(format!("the pattern matches no file; {}", beside(&fixed.join("x")))));
    }
    for path in found {
        let name = joined(path.strip_prefix(&fixed).unwrap_or(&path));
        listing.files.push(InputFile { path, name });
    }
    Ok(())
}

/// What lies beside a path that does not exist.
fn beside(path: &Path) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = fs_err::read_dir(folder) else {
        return format!("there is no directory {}", folder.display());
    };
    let mut names: Vec<String> = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match nearest(&name, &names) {
        Some(near) => format!("did you mean {}?", folder.join(near).display()),
        None if names.is_empty() => format!("{} is empty", folder.display()),
        None => {
            let more = if names.len() > 5 { ", …" } else { "" };
            format!("{} holds {}{more}", folder.display(), names.iter().take(5).cloned().collect::<Vec<_>>().join(", "))
        }
    }
}
