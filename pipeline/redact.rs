//! Which parts of a text are personal data?
