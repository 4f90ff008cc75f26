//! What do the columns of a file mean?
