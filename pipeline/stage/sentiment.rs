//! How positive or negative is a verbatim, and which emotion does it report?

pub mod vader;
