//! Which files does a run read, standard input among them?

use std::path::PathBuf;

use super::{Knowledge, RunOptions};
use crate::config::{Role, Settings, SourceSettings};
use crate::error::{Error, Result};
use crate::sink::Staging;
use crate::source::{self, InputFile};

/// The files that the options name; standard input is not among them.
pub fn list(options: &RunOptions) -> Result<source::Listing> {
    let named: Vec<String> = options.inputs.iter().filter(|name| *name != "-").cloned().collect();
    if named.is_empty() && !options.inputs.is_empty() {
        return Ok(source::Listing { files: Vec::new(), skipped: Vec::new() });
    }
    source::list(&named)
}

type Files = (Vec<InputFile>, Vec<(PathBuf, String)>);

/// Standard input is read twice like any file: it is spooled, redacted, into the version under construction.
pub(super) fn with_stdin(listing: source::Listing, options: &RunOptions, staging: &Staging, knowledge: &Knowledge) -> Result<Files> {
    let source::Listing { mut files, skipped } = listing;
    if options.inputs.iter().any(|name| name == "-") {
        let folder = staging.version().folder().join("spill");
        fs_err::create_dir_all(&folder).map_err(Error::io("cannot spool standard input"))?;
        let mut redact = |column: &str, text: &str, out: &mut String| {
            if is_key(column, &options.settings) {
                out.push_str(text);
            } else {
                knowledge.redactor.redact(text, out);
            }
        };
        files.push(source::spool_stdin(Box::new(std::io::stdin()), &folder, &mut redact)?);
    }
    Ok((files, skipped))
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
