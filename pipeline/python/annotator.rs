//! What do all stages say of a table that Python holds?

use std::path::PathBuf;
use std::sync::Arc;

use outspoken::analyst::{self, Analyst, Brief, Extent, tables};
use outspoken::config::{self, Settings};
use outspoken::month::Month;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::{freely, refused};
use crate::tables as cross;

/// `Annotator`: settings, rules, lexicons, model and registry, loaded once; shared by any number of threads.
#[pyclass(frozen, module = "outspoken")]
pub(crate) struct Annotator {
    analyst: Arc<Analyst>,
    settings: Settings,
    n_threads: usize,
}

#[pymethods]
impl Annotator {
    #[new]
    #[pyo3(signature = (config = None, registry = None, *, source = None, month = None, as_of = None, threads = None))]
    fn new(
        py: Python<'_>,
        config: Option<PathBuf>,
        registry: Option<PathBuf>,
        source: Option<String>,
        month: Option<&str>,
        as_of: Option<&str>,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        let brief = Brief { source, month: read_month(month)?, as_of: read_time(as_of)? };
        let (analyst, settings) = freely(py, move |_| {
            let settings = config.as_deref().map_or_else(|| Ok(Settings::default()), config::load)?;
            Ok((Analyst::load(&settings, registry.as_deref(), &brief)?, settings))
        })?;
        let n_threads = threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        Ok(Self { analyst: Arc::new(analyst), settings, n_threads })
    }

    /// Analyses rows; one table of the output.
    #[pyo3(signature = (data, table = "verbatim", *, part = false))]
    fn annotate<'py>(&self, py: Python<'py>, data: &Bound<'py, PyAny>, table: &str, part: bool) -> PyResult<Bound<'py, PyAny>> {
        let names: Vec<&str> = tables().map(|t| t.name).collect();
        if !names.contains(&table) {
            return Err(PyValueError::new_err(format!("`{table}` is no table of rows\n  hint: tables of rows are {}", names.join(", "))));
        }
        let found = self.tables(py, data, part)?;
        found.get_item(table)?.ok_or_else(|| PyValueError::new_err("a table is missing"))
    }

    /// Analyses rows; every row table and `reject`.
    #[pyo3(signature = (data, *, part = false))]
    fn tables<'py>(&self, py: Python<'py>, data: &Bound<'py, PyAny>, part: bool) -> PyResult<Bound<'py, PyDict>> {
        let batches = cross::batches(data)?;
        let (analyst, n_threads) = (Arc::clone(&self.analyst), self.n_threads);
        let found = freely(py, move |cancel| analyst.annotate(ROWS, batches, extent(part), n_threads, cancel))?;
        let dict = PyDict::new(py);
        for (table, batches) in found {
            dict.set_item(table.name, cross::pyarrow(py, batches, table.arrow())?)?;
        }
        Ok(dict)
    }

    /// The redacted verbatims that themes are found from.
    #[pyo3(signature = (data, *, part = false))]
    fn sample<'py>(&self, py: Python<'py>, data: &Bound<'py, PyAny>, part: bool) -> PyResult<Bound<'py, PyAny>> {
        let batches = cross::batches(data)?;
        let analyst = Arc::clone(&self.analyst);
        let samples = freely(py, move |cancel| analyst.sample(ROWS, batches, extent(part), cancel))?;
        cross::of_samples(py, &samples)
    }

    /// Of samples, those that `grow` looks at.
    #[staticmethod]
    fn smallest<'py>(py: Python<'py>, samples: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let samples = cross::samples(samples)?;
        let kept = freely(py, move |_| Ok(analyst::smallest(samples.into_iter())))?;
        cross::of_samples(py, &kept)
    }

    /// Grows the registry by samples and writes it into a folder; its version.
    fn grow(&self, py: Python<'_>, samples: &Bound<'_, PyAny>, folder: PathBuf) -> PyResult<i32> {
        let samples = cross::samples(samples)?;
        let analyst = Arc::clone(&self.analyst);
        freely(py, move |cancel| analyst.grow(samples.into_iter(), &folder, cancel))
    }

    /// The themes that rows are assigned to, as the table `theme`.
    fn themes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let themes = self.analyst.themes();
        let schema = themes.schema();
        cross::pyarrow(py, vec![themes], schema)
    }

    /// Name of the source.
    #[getter]
    fn source(&self) -> &str {
        &self.analyst.source().name
    }

    /// Columns that the settings name, in no order that matters; empty: they are found.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.analyst.source().columns()
    }

    /// Version of the theme registry; 0: no themes.
    #[getter]
    fn registry_version(&self) -> i32 {
        self.analyst.registry_version()
    }

    /// Files that the settings name, relative to the settings file.
    #[getter]
    fn files(&self) -> Vec<String> {
        self.settings.files_of_rows()
    }

    fn __repr__(&self) -> String {
        format!("<outspoken.Annotator of source {:?}, themes of version {}>", self.source(), self.registry_version())
    }
}

/// What messages call the rows.
const ROWS: &str = "the rows given";

fn extent(part: bool) -> Extent {
    if part { Extent::Part } else { Extent::Whole }
}

/// A month, `YYYY-MM`.
pub(crate) fn read_month(month: Option<&str>) -> PyResult<Option<Month>> {
    let read = |month: &str| Month::parse(month).ok_or_else(|| refused(&format!("`{month}` is not a month"), "write months as YYYY-MM"));
    month.map(read).transpose()
}

/// A time, ISO 8601 with zone.
pub(crate) fn read_time(time: Option<&str>) -> PyResult<Option<jiff::Timestamp>> {
    let read = |time: &str| {
        time.parse().map_err(|_| refused(&format!("`{time}` is not a time with its zone"), "write times as 2026-10-02T08:00:00Z"))
    };
    time.map(read).transpose()
}
