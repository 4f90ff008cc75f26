//! Tests of sentiment.
