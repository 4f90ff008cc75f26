//! What would HOTLINE rules say of feedback that is published already?
//!
//! Rule craft: [`backtest`] counts what each rule hits and would hit, [`diff`] what a change of rules adds and drops,
//! [`audit`] draws a sample to label and tells precision and recall from the labels. All read published tables and write
//! none. Rules come from [`load`], the same way for a run and for the craft.

pub mod audit;
pub mod backtest;
mod corpus;
pub mod diff;
pub mod sheet;

use std::path::Path;

pub use corpus::{Excerpt, Range};

use crate::error::{Error, Result};
use crate::stage::hotline::Rules;

/// The name that stands for the rules that come with the program.
pub const SHIPPED: &str = "shipped";

/// Rules of files, of all `*.toml` of directories, and of [`SHIPPED`], in that order; of nothing: the shipped ones.
///
/// Names are relative to `folder`. A later file replaces rules of the same id of an earlier one. Fails with the
/// place of what cannot be read, and with [`Error::InputNotFound`] for a name that leads to no rule file.
pub fn load(names: &[String], folder: &Path) -> Result<Rules> {
    let mut files = Vec::new();
    for name in names {
        let path = folder.join(name);
        if name == SHIPPED && !path.exists() {
            files.extend(Rules::shipped_files());
        } else if path.is_dir() {
            files.extend(of_folder(name, &path)?);
        } else if path.exists() {
            files.push((name.clone(), read(&path)?));
        } else {
            let hint = format!("a rule file, a directory of rule files, or `{SHIPPED}` for the rules of the program");
            return Err(Error::InputNotFound { what: name.clone(), hint });
        }
    }
    if files.is_empty() { Rules::shipped() } else { Rules::load(&files) }
}

fn of_folder(name: &str, path: &Path) -> Result<Vec<(String, String)>> {
    let entries = fs_err::read_dir(path).map_err(Error::io("cannot list a directory of rules"))?;
    let mut found: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    found.retain(|file| Path::new(file).extension().is_some_and(|extension| extension == "toml"));
    found.sort_unstable();
    if found.is_empty() {
        return Err(Error::InputNotFound { what: name.to_owned(), hint: "a directory that holds rule files, `*.toml`".to_owned() });
    }
    found.iter().map(|file| Ok((format!("{}/{file}", name.trim_end_matches('/')), read(&path.join(file))?))).collect()
}

fn read(path: &Path) -> Result<String> {
    fs_err::read_to_string(path).map_err(Error::io("cannot read a rule file"))
}
