//! Which language is a verbatim in?
