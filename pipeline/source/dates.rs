//! Which moment does a cell name?
