//! How does Python call the pipeline?
//!
//! Tables come in through the Arrow PyCapsule interface and go out as `pyarrow.Table`, both without copies; the analysis is
//! [`outspoken::analyst`], the settings and errors are those of the program. The interpreter is free while Rust works, and Ctrl-C ends the work.

mod annotator;
mod errors;
mod run;
mod tables;

use pyo3::prelude::*;

/// The native half of the package `outspoken`; what is public is documented in `outspoken/_native.pyi`.
#[pymodule(name = "_native")]
fn native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("SCHEMA_VERSION", outspoken::schema::SCHEMA_VERSION)?;
    module.add_class::<annotator::Annotator>()?;
    module.add_function(wrap_pyfunction!(run::run, module)?)?;
    module.add_function(wrap_pyfunction!(tables::schema, module)?)?;
    errors::add(module)
}
