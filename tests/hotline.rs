//! Tests of hotline.
