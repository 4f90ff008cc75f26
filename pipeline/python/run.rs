//! How is the whole job done from Python?

use std::path::PathBuf;

use outspoken::config::{self, Settings};
use outspoken::runner::{Progress, RunOptions, TooManyRejects};
use pyo3::prelude::*;

use crate::annotator::{read_month, read_time};
use crate::errors::freely;

/// `run(inputs, out, …)`: as `outspoken run`, without the search index; the manifest as JSON.
#[pyfunction]
#[pyo3(signature = (inputs, out, *, config = None, source = None, month = None, replace_month = false, max_reject_share = None,
                    too_many_rejects = "stop", as_of = None, threads = None))]
#[expect(clippy::too_many_arguments, reason = "they are keywords of a Python function")]
pub(crate) fn run(
    py: Python<'_>,
    inputs: Vec<String>,
    out: PathBuf,
    config: Option<PathBuf>,
    source: Option<String>,
    month: Option<&str>,
    replace_month: bool,
    max_reject_share: Option<f64>,
    too_many_rejects: &str,
    as_of: Option<&str>,
    threads: Option<usize>,
) -> PyResult<String> {
    let mut options = RunOptions::new(inputs, out);
    options.source = source;
    options.month = read_month(month)?;
    options.replace_month = replace_month;
    options.max_reject_share = max_reject_share;
    options.too_many_rejects = match too_many_rejects {
        "stop" => TooManyRejects::Stop,
        "publish" => TooManyRejects::Publish,
        other => return Err(crate::errors::refused(&format!("`{other}` is not known"), "too_many_rejects is `stop` or `publish`")),
    };
    options.as_of = read_time(as_of)?.unwrap_or(options.as_of);
    options.n_threads = threads.unwrap_or(options.n_threads).max(1);
    freely(py, move |cancel| {
        options.settings = config.as_deref().map_or_else(|| Ok(Settings::default()), config::load)?;
        let outcome = outspoken::runner::run(&options, &Progress::default(), cancel)?;
        Ok(outcome.manifest)
    })
    .map(|manifest| serde_json::to_string(&manifest).expect("manifests are maps of text and numbers"))
}
