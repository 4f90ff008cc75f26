//! What is a run asked to do?

use std::path::PathBuf;

use jiff::Timestamp;

use crate::config::Settings;
use crate::month::Month;
use crate::response::Terms;

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Files, directories, globs, or `-` for standard input.
    pub inputs: Vec<String>,
    /// The output directory.
    pub out: PathBuf,
    /// What was set.
    pub settings: Settings,
    /// The source that takes every file.
    pub source: Option<String>,
    /// The month of rows whose date is missing or cannot be read.
    pub month: Option<Month>,
    /// The account file; none: that of the settings.
    pub accounts: Option<PathBuf>,
    /// The invitation file; none: that of the settings.
    pub invited: Option<PathBuf>,
    /// The file of indicators; none: that of the settings.
    pub indicators: Option<PathBuf>,
    /// Whether published rows of the sources and months of the input go unless the input has them.
    pub replace_month: bool,
    /// Share of rejected rows above which nothing is published; none: no limit.
    pub max_reject_share: Option<f64>,
    /// What happens above it.
    pub too_many_rejects: TooManyRejects,
    /// The clock of the run.
    pub as_of: Timestamp,
    /// Worker threads; never changes results.
    pub n_threads: usize,
    /// Rows of a batch; never changes results.
    pub batch_rows: usize,
    /// Memory for what must be known of all rows, and as much again for open row groups. Bytes.
    pub memory_bytes: usize,
}

impl RunOptions {
    /// A run over `inputs` into `out` with all defaults.
    pub fn new(inputs: Vec<String>, out: PathBuf) -> Self {
        Self {
            inputs,
            out,
            settings: Settings::default(),
            source: None,
            month: None,
            accounts: None,
            invited: None,
            indicators: None,
            replace_month: false,
            max_reject_share: None,
            too_many_rejects: TooManyRejects::default(),
            as_of: Timestamp::now(),
            n_threads: std::thread::available_parallelism().map_or(1, usize::from),
            batch_rows: 8192,
            memory_bytes: 512 << 20,
        }
    }

    /// What columns are found with; keys of rows need [`super::Knowledge::terms`].
    pub fn look(&self) -> Terms {
        Terms { month: self.month, as_of: self.as_of.as_microsecond(), salt: 0 }
    }
}

/// What happens when more rows are rejected than `--max-reject-share` allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TooManyRejects {
    /// Nothing is published.
    #[default]
    Stop,
    /// The rows that can be read are published, and a warning says so.
    Publish,
}
