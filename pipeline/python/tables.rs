//! How do tables cross between Python and Rust?

use std::sync::Arc;

use arrow_array::{Date32Array, Int64Array, RecordBatch, StringArray};
use arrow_pyarrow::{FromPyArrow as _, IntoPyArrow as _, Table};
use arrow_schema::{DataType, Field, Schema};
use outspoken::month::Month;
use outspoken::schema::TABLES;
use outspoken::theme::SampleText;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::errors::InputError;

/// The batches of a table, record batch, reader or data frame; at least one, so that an empty table has its columns.
pub(crate) fn batches(data: &Bound<'_, PyAny>) -> PyResult<Vec<RecordBatch>> {
    if data.hasattr("__arrow_c_stream__")? {
        let (mut batches, schema) = Table::from_pyarrow_bound(data)?.into_inner();
        if batches.is_empty() {
            batches.push(RecordBatch::new_empty(schema));
        }
        return Ok(batches);
    }
    if data.hasattr("__arrow_c_array__")? {
        return Ok(vec![RecordBatch::from_pyarrow_bound(data)?]);
    }
    let found = data.get_type().name()?;
    Err(PyTypeError::new_err(format!(
        "rows of type {found} are not Arrow data\n  hint: give a pyarrow.Table or RecordBatch, a polars or pandas data frame, a DuckDB \
         relation, or anything else with the method __arrow_c_stream__"
    )))
}

/// A `pyarrow.Table`.
pub(crate) fn pyarrow(py: Python<'_>, batches: Vec<RecordBatch>, schema: Arc<Schema>) -> PyResult<Bound<'_, PyAny>> {
    Table::try_new(batches, schema).map_err(|error| PyValueError::new_err(error.to_string()))?.into_pyarrow(py)
}

/// `schema(table)`: the columns of a table of the output as a `pyarrow.Schema`, with what each means.
#[pyfunction]
pub(crate) fn schema<'py>(py: Python<'py>, table: &str) -> PyResult<Bound<'py, PyAny>> {
    let names: Vec<&str> = TABLES.iter().map(|t| t.name).collect();
    let Some(found) = TABLES.iter().find(|t| t.name == table) else {
        return Err(PyValueError::new_err(format!("no table is named `{table}`\n  hint: tables are {}", names.join(", "))));
    };
    pyarrow(py, Vec::new(), found.arrow())?.getattr("schema")
}

/// The columns of samples: month, hash (32 hexadecimal digits, in order of the numbers), text, weight.
fn sample_schema() -> Arc<Schema> {
    let field = |name, kind| Field::new(name, kind, false);
    Arc::new(Schema::new(vec![
        field("month", DataType::Date32),
        field("hash", DataType::Utf8),
        field("text", DataType::Utf8),
        field("weight", DataType::Int64),
    ]))
}

/// Samples as a `pyarrow.Table`.
pub(crate) fn of_samples<'py>(py: Python<'py>, samples: &[(Month, SampleText)]) -> PyResult<Bound<'py, PyAny>> {
    let months: Date32Array = samples.iter().map(|(month, _)| Some(month.days())).collect();
    let hashes: StringArray = samples.iter().map(|(_, text)| Some(format!("{:032x}", text.hash))).collect();
    let texts: StringArray = samples.iter().map(|(_, text)| Some(text.text.as_str())).collect();
    let weights: Int64Array = samples.iter().map(|(_, text)| Some(i64::from(text.weight))).collect();
    let columns: Vec<arrow_array::ArrayRef> = vec![Arc::new(months), Arc::new(hashes), Arc::new(texts), Arc::new(weights)];
    let batch = RecordBatch::try_new(sample_schema(), columns).map_err(|error| PyValueError::new_err(error.to_string()))?;
    pyarrow(py, vec![batch], sample_schema())
}

/// Samples out of a table with the columns of [`of_samples`].
pub(crate) fn samples(data: &Bound<'_, PyAny>) -> PyResult<Vec<(Month, SampleText)>> {
    let mut samples = Vec::new();
    for batch in batches(data)? {
        let wrong =
            || InputError::new_err("these are no samples\n  hint: give what `Annotator.sample` returned: month, hash, text, weight");
        let column = |name: &str| batch.column_by_name(name).ok_or_else(wrong);
        let any = |name: &str| column(name).map(|array| array.as_any());
        let months = any("month")?.downcast_ref::<Date32Array>().ok_or_else(wrong)?;
        let hashes = any("hash")?.downcast_ref::<StringArray>().ok_or_else(wrong)?;
        let texts = any("text")?.downcast_ref::<StringArray>().ok_or_else(wrong)?;
        let weights = any("weight")?.downcast_ref::<Int64Array>().ok_or_else(wrong)?;
        for i in 0..batch.num_rows() {
            let hash = u128::from_str_radix(hashes.value(i), 16).map_err(|_| wrong())?;
            let weight = u32::try_from(weights.value(i)).unwrap_or(u32::MAX);
            samples.push((Month::from_days(months.value(i)), SampleText { hash, text: texts.value(i).to_owned(), weight }));
        }
    }
    Ok(samples)
}
