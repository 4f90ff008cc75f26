//! Which theme is a clause about?
