//! `outspoken publish`: brings what a run published into an object store.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::Ending;
use super::tell::Voice;
use crate::bucket::Bucket;

/// What `publish` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Where to: s3://BUCKET/KEY. Credentials and server come from the environment (AWS_ACCESS_KEY_ID, AWS_REGION, AWS_ENDPOINT_URL, …).
    #[arg(value_name = "URL")]
    url: String,
    /// Output directory of the runs.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Versions that stay in the store, the new one among them [default: all].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    keep: Option<u32>,
    /// Print `current.json` as it is in the store.
    #[arg(long)]
    json: bool,
}

/// Publishes and prints where the tables are.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let bucket = Bucket::new(&arguments.url)?;
    let publication = bucket.publish(&arguments.out, arguments.keep.map(|keep| keep as usize))?;
    if publication.n_sent + publication.n_copied == 0 {
        voice.say("published already: nothing to do");
    } else {
        let (sent, copied, megabytes) = (publication.n_sent, publication.n_copied, publication.n_bytes as f64 / 1e6);
        voice.say(&format!("{sent} files sent ({megabytes:.1} MB), {copied} copied from the version before"));
    }
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &publication)?;
        writeln!(out)?;
    } else {
        writeln!(out, "{}/{}", bucket.url(), publication.tables)?;
    }
    Ok(Ending::Complete)
}
