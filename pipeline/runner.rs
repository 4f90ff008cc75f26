//! How is the whole job done?

pub mod flow;
pub mod keys;
