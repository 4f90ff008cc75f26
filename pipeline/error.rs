//! What can go wrong that is not the data's fault, and how it is told.
//!
//! Three kinds of trouble are kept apart. A row that cannot be read is data: it becomes a
//! reject and the run goes on. The surroundings or the user's settings are an
//! [`Error`]: what failed, where, what was found, what is accepted, and one hint. A broken invariant
//! is ours and panics. No message ever holds what a respondent wrote.

use std::path::{Path, PathBuf};

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a command could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or directory could not be read or written; the message of the system names the path.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done, as a phrase: "cannot open the input".
        doing: &'static str,
        /// The system's own error, which names the path.
        source: std::io::Error,
    },
    /// An input names nothing that exists.
    #[error("input not found: {what}")]
    InputNotFound {
        /// The path or glob as it was given.
        what: String,
        /// What lies beside it, or what is accepted.
        hint: String,
    },
    /// An input holds nothing that can be used.
    #[error("{}: {what}", .path.display())]
    Input {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, in one sentence without a full stop.
        what: String,
        /// What was found there, if that helps (never a verbatim).
        found: Option<String>,
        /// What to do about it.
        hint: Option<String>,
    },
    /// A column that the settings name is not in the file.
    #[error("column `{column}` not found in `{}`", .path.display())]
    MissingColumn {
        /// The column asked for.
        column: String,
        /// The file that lacks it.
        path: PathBuf,
        /// The columns that it has.
        found: Vec<String>,
    },
    /// A setting cannot be used.
    #[error("{place}: {what}")]
    Setting {
        /// File, line and key: `outspoken.toml:12, source.score.scale`.
        place: String,
        /// What is wrong.
        what: String,
        /// What is accepted or what to do.
        hint: Option<String>,
    },
    /// A rule, lexicon or theme file cannot be used.
    #[error("{place}: {what}")]
    Lexicon {
        /// File, line and, where known, column.
        place: String,
        /// What is wrong.
        what: String,
        /// What is accepted.
        hint: Option<String>,
    },
    /// A stated limit was passed.
    #[error("{what} is over the limit of {limit}")]
    Limit {
        /// What was measured, with its place.
        what: String,
        /// The limit, with its unit.
        limit: String,
        /// How to raise it or to stay below it.
        hint: Option<String>,
    },
    /// The output directory is in use or is not one of ours.
    #[error("{}: {what}", .path.display())]
    Output {
        /// The output directory.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// Parquet or Arrow refused.
    #[error("{}: {source}", .path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// The library's error.
        source: parquet::errors::ParquetError,
    },
    /// review.db refused.
    #[error("{}: {source}", .path.display())]
    Store {
        /// The database.
        path: PathBuf,
        /// The library's error.
        source: rusqlite::Error,
    },
    /// A case cannot be changed as asked.
    #[error("case {hotline_id}: {what}")]
    Case {
        /// The case, as far as it is known.
        hotline_id: String,
        /// What is wrong.
        what: String,
        /// What is accepted or what to do.
        hint: Option<String>,
    },
    /// Somebody else changed a case after the writer had looked at it.
    #[error("case {hotline_id} was changed since you looked: {n_since} new event(s), the last one `{kind}` by {who} at {at}")]
    CaseChanged {
        /// The case.
        hotline_id: String,
        /// What happened last.
        kind: &'static str,
        /// By whom.
        who: String,
        /// When, UTC.
        at: String,
        /// How many events there are that the writer has not seen.
        n_since: usize,
    },
    /// Somebody else saved the same part of a review after the writer had looked at it.
    #[error("it was saved since you looked, by {who} at {at}")]
    MeetingChanged {
        /// By whom.
        who: String,
        /// When, UTC.
        at: String,
    },
    /// A search query cannot be read.
    #[error("{what} (character {} of the query)", .at + 1)]
    Query {
        /// The query.
        query: String,
        /// Where it went wrong, in characters from 0.
        at: usize,
        /// What is wrong there.
        what: String,
        /// What is accepted.
        hint: Option<String>,
    },
    /// The search index refused.
    #[error("{}: {what}", .path.display())]
    Index {
        /// The folder of the index.
        path: PathBuf,
        /// What it said.
        what: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// An object store refused, or holds something else than was expected.
    #[error("{url}: {what}")]
    Bucket {
        /// The address.
        url: String,
        /// What is wrong.
        what: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The run was stopped by a signal.
    #[error("stopped before the end; nothing was published")]
    Cancelled,
}

impl Error {
    /// For `map_err` on input and output: `fs_err::read(path).map_err(Error::io("cannot read the settings"))`.
    pub fn io(doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }

    /// For `map_err` on Parquet and Arrow errors about `path`.
    pub fn parquet<E: Into<parquet::errors::ParquetError>>(path: &Path) -> impl FnOnce(E) -> Self {
        let path = path.to_owned();
        move |source| Self::Parquet { path, source: source.into() }
    }

    /// For `map_err` on SQLite errors about `path`.
    pub fn store(path: &Path) -> impl FnOnce(rusqlite::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Store { path, source }
    }

    /// What was found, where that helps: a line of its own below the message.
    pub fn found(&self) -> Option<String> {
        match self {
            Self::Input { found, .. } => found.clone(),
            Self::MissingColumn { found, .. } => Some(found.join(", ")),
            // The sign stands below the character: messages begin ten columns in.
            Self::Query { query, at, .. } => Some(format!("{query}\n{}^", " ".repeat(10 + at))),
            _ => None,
        }
    }

    /// The one hint: what to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::InputNotFound { hint, .. } => Some(hint.clone()),
            Self::Input { hint, .. }
            | Self::Setting { hint, .. }
            | Self::Lexicon { hint, .. }
            | Self::Limit { hint, .. }
            | Self::Output { hint, .. }
            | Self::Query { hint, .. }
            | Self::Index { hint, .. }
            | Self::Bucket { hint, .. }
            | Self::Case { hint, .. } => hint.clone(),
            Self::CaseChanged { .. } => Some("look at the case again, then decide".to_owned()),
            Self::MissingColumn { column, found, .. } => Some(match nearest(column, found) {
                Some(name) => format!("did you mean `{name}`?"),
                None => "name one of the columns found".to_owned(),
            }),
            Self::Io { source, .. } => hint_of_kind(source.kind()).map(str::to_owned),
            Self::Parquet { source: parquet::errors::ParquetError::External(cause), .. } => {
                cause.downcast_ref::<std::io::Error>().and_then(|cause| hint_of_kind(cause.kind())).map(str::to_owned)
            }
            Self::Store { source, .. } => match source.sqlite_error_code() {
                // SQLite says of a full disk that reading or writing failed, when it is its shared memory that finds no room.
                Some(rusqlite::ErrorCode::DiskFull | rusqlite::ErrorCode::SystemIoFailure) => {
                    hint_of_kind(std::io::ErrorKind::StorageFull).map(str::to_owned)
                }
                Some(rusqlite::ErrorCode::ReadOnly | rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::PermissionDenied) => {
                    hint_of_kind(std::io::ErrorKind::PermissionDenied).map(str::to_owned)
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// What to do about a failure of the surroundings.
fn hint_of_kind(kind: std::io::ErrorKind) -> Option<&'static str> {
    use std::io::ErrorKind as Kind;
    match kind {
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => {
            Some("make room, then run again: what readers see has not changed, and what was begun is cleared by the next run")
        }
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => Some("run as a user who may read the input and write the output directory"),
        _ => None,
    }
}

/// The candidate nearest to `name` by edit distance, if any is near enough to be meant.
///
/// Near enough is at most a third of the name's letters and at least one.
pub fn nearest<'a, S: AsRef<str>>(name: &str, candidates: &'a [S]) -> Option<&'a str> {
    let fold = |s: &str| s.trim().to_lowercase();
    let name = fold(name);
    let limit = (name.chars().count() / 3).max(1);
    candidates
        .iter()
        .map(|c| (edit_distance(&name, &fold(c.as_ref())), c.as_ref()))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, c)| c)
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &y) in b.iter().enumerate() {
            let substitute = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_only_when_it_is_near() {
        let columns = ["Response ID", "Survey date", "Comment"];
        assert_eq!(nearest("response id", &columns), Some("Response ID"));
        assert_eq!(nearest("coment", &columns), Some("Comment"));
        assert_eq!(nearest("verbatim", &columns), None);
    }
}
