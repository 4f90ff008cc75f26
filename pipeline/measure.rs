//! What do the published rows add up to, month by month?
