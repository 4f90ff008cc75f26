//! Does somebody have to act on this verbatim?
