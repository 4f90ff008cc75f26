//! How do rows become files that readers can trust?
//!
//! [`Partitions`] takes rows in order and cuts them into row groups at places that only the rows decide, so that
//! threads and batch sizes leave no trace in the bytes. [`Output`] owns a directory: one writer at a time, a new
//! version beside the old one, and one rename that shows it.

mod existing;
mod output;
mod parquet;
mod partitions;
mod splice;

pub use existing::{Batches, Kept, read_table, stream_table};
pub(crate) use output::row_tables;
pub use output::{Output, Staging, Version};
pub use parquet::{DimensionWriter, FileTerms, write_file};
pub use partitions::{PartitionSettings, Partitions};
pub use splice::replace_columns;
