//! Where do coordinators read, correct and close the loop between runs?
//!
//! A web app on this machine: pages made by the server from the published tables, the index and `review.db`; they work without script.
//! It is the one part of the program that listens to a network, and the one with async code, in `server` only: everything above
//! it is a function from an `Ask` to an `Answer`.

mod answer;
mod app;
mod ask;
mod cases;
mod export;
mod guard;
mod link;
mod list;
mod meeting;
mod page;
mod people;
mod server;
mod snapshot;
mod view;

pub use server::{Options, Server};
