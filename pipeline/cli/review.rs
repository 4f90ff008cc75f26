//! `outspoken review`: the local review app.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use clap::Args;

use super::Ending;
use super::tell::Voice;
use crate::config::{self, Settings};
use crate::review::{Options, Server};

/// What `review` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Output directory of the runs.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Port; 0 takes one that is free.
    #[arg(long, value_name = "N", default_value_t = 8817)]
    port: u16,
    /// Address to listen on; anything but a loopback address needs --token-file.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    address: IpAddr,
    /// File with one `NAME TOKEN` a line: people sign in with their token and decide under its name.
    ///
    /// Without it, on this machine, whoever opens the app says who they are.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// A name that the app goes by besides its address, such as that of a proxy before it; may be repeated.
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// Who decides [default: asked for at the first decision].
    #[arg(long, value_name = "NAME")]
    reviewer: Option<String>,
    /// Settings file: `[review] reviewers` names people to choose from.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Serves until Ctrl-C.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let settings = match &arguments.config {
        Some(path) => config::load(path)?,
        None => Settings::default(),
    };
    let server = Server::bind(&Options {
        out: arguments.out.clone(),
        address: arguments.address,
        port: arguments.port,
        token_file: arguments.token_file.clone(),
        hosts: arguments.host.clone(),
        reviewer: arguments.reviewer.clone(),
        settings,
    })?;
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed)).context("cannot listen to Ctrl-C")?;
    voice.say(&format!("the review app is at http://{}/ (Ctrl-C ends it)", server.address()));
    server.serve(&stop)?;
    Ok(Ending::Complete)
}
