//! Which files does a run read, standard input and pipes among them?

use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Knowledge, RunOptions};
use crate::config::{Role, Settings, SourceSettings};
use crate::error::{Error, Result};
use crate::sink::Staging;
use crate::source::{self, InputFile};

/// What addresses in an object store begin with.
const ELSEWHERE: &str = "s3://";

/// The files that the options name; standard input and objects in a store are not among them.
pub fn list(options: &RunOptions) -> Result<source::Listing> {
    let elsewhere = options.inputs.iter().find(|name| name.starts_with(ELSEWHERE));
    if let (Some(url), false) = (elsewhere, cfg!(feature = "object_store")) {
        let hint = "this program was built without object stores: build it with the feature `object_store`, or copy the files here first";
        return Err(Error::InputNotFound { what: url.clone(), hint: hint.to_owned() });
    }
    let named: Vec<String> = options.inputs.iter().filter(|name| *name != "-" && !name.starts_with(ELSEWHERE)).cloned().collect();
    if named.is_empty() && !options.inputs.is_empty() {
        return Ok(source::Listing { files: Vec::new(), skipped: Vec::new() });
    }
    source::list(&named)
}

/// Whether an input can be read once only: standard input, a pipe, a device; or an object in a store, which is fetched once.
pub fn is_stream(input: &str) -> bool {
    input == "-" || input.starts_with(ELSEWHERE) || source::is_stream(Path::new(input))
}

type Files = (Vec<InputFile>, Vec<(PathBuf, String)>);

/// What can be read once only is read twice like any file: it is spooled, redacted, into the version under construction.
pub(super) fn with_streams(listing: source::Listing, options: &RunOptions, staging: &Staging, knowledge: &Knowledge) -> Result<Files> {
    let source::Listing { mut files, skipped } = listing;
    let mut spools = Spools { folder: staging.version().folder().join("spill"), options, knowledge, n: 0 };
    let mut n_unnamed = 0;
    for file in files.iter_mut().filter(|file| source::is_stream(&file.path)) {
        let raw = fs_err::File::open(&file.path).map_err(Error::io("cannot open the input"))?;
        let name = if is_descriptor(&file.path) { unnamed(&mut n_unnamed) } else { file.name.clone() };
        *file = spools.spool(Box::new(raw), &name)?;
    }
    #[cfg(feature = "object_store")]
    let skipped = spools.fetch(&mut files, skipped)?;
    if options.inputs.iter().any(|name| name == "-") {
        files.push(spools.spool(Box::new(std::io::stdin()), &unnamed(&mut n_unnamed))?);
    }
    Ok((files, skipped))
}

/// `-`, and from the second on `-2` and so on.
fn unnamed(n: &mut usize) -> String {
    *n += 1;
    if *n == 1 { "-".to_owned() } else { format!("-{n}") }
}

/// Whether a path names an open file by its number: that is another one the next time, and no name for tables.
fn is_descriptor(path: &Path) -> bool {
    path.starts_with("/proc") || path.starts_with("/dev")
}

struct Spools<'a> {
    folder: PathBuf,
    options: &'a RunOptions,
    knowledge: &'a Knowledge,
    n: usize,
}

impl Spools<'_> {
    /// Objects in a store are read once, and nothing of them reaches the disk unredacted.
    #[cfg(feature = "object_store")]
    fn fetch(&mut self, files: &mut Vec<InputFile>, mut skipped: Vec<(PathBuf, String)>) -> Result<Vec<(PathBuf, String)>> {
        for url in self.options.inputs.iter().filter(|name| name.starts_with(ELSEWHERE)) {
            let bucket = crate::bucket::Bucket::new(url)?;
            let found = bucket.objects()?;
            for object in found.objects {
                let is_taken = files.iter().any(|file| file.name == object.name);
                let name = if is_taken { object.key() } else { &object.name };
                files.push(self.spool(bucket.read(&object), name)?);
            }
            skipped.extend(found.skipped);
        }
        Ok(skipped)
    }

    fn spool(&mut self, input: Box<dyn Read + Send>, name: &str) -> Result<InputFile> {
        fs_err::create_dir_all(&self.folder).map_err(Error::io("cannot spool the input"))?;
        self.n += 1;
        let path = self.folder.join(format!("input-{}.jsonl", self.n));
        let mut redact = |column: &str, text: &str, out: &mut String| {
            if is_key(column, &self.options.settings) {
                out.push_str(text);
                return 0;
            }
            self.knowledge.redactor.redact(text, out)
        };
        source::spool(input, name, &path, &mut redact)
    }
}

/// Whether a column holds keys, which a placeholder would make equal: those that the settings name for anything but text, and
/// without settings those that are called so.
fn is_key(column: &str, settings: &Settings) -> bool {
    if settings.sources.iter().any(SourceSettings::names_columns) {
        return settings
            .sources
            .iter()
            .flat_map(SourceSettings::fields)
            .any(|(role, name)| role != Role::HotlineNote && name == Some(column));
    }
    const KEYS: [&str; 12] = ["id", "no", "nr", "number", "key", "ref", "case", "ticket", "account", "acct", "contact", "customer"];
    let words = crate::response::measure_name(column);
    words.split('_').any(|word| KEYS.contains(&word)) || words.ends_with("id")
}
