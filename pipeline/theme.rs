//! Which themes are there, and how do they last?
