//! `outspoken hotline close`: flags, or questions on a terminal.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use clap::Args;

use super::{Change, change};
use crate::casework::{Casebook, Closing, Disposition, Operation};
use crate::cli::Ending;
use crate::cli::tell::Voice;
use crate::error::Error;

/// What `hotline close` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    change: Change,
    /// How it ended: resolved, unresolved, expectation_reset, lead_won, lead_lost, lead_open, false_alarm, duplicate, unreachable.
    #[arg(long, value_name = "DISPOSITION", value_parser = disposition)]
    disposition: Option<Disposition>,
    /// What was done.
    #[arg(long, value_name = "TEXT")]
    resolution: Option<String>,
    /// Why it had happened.
    #[arg(long, value_name = "TEXT")]
    root_cause: Option<String>,
    /// Value of the business won: for leads.
    #[arg(long, value_name = "AMOUNT")]
    value: Option<f64>,
    /// Correct what was said when it was closed.
    #[arg(long)]
    amend: bool,
}

/// Closes the case; what the flags do not say is asked for on a terminal.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let closing = match (arguments.disposition, &arguments.resolution) {
        (Some(disposition), Some(resolution)) => {
            Closing { disposition, resolution: resolution.clone(), root_cause: arguments.root_cause.clone(), value_won: arguments.value }
        }
        _ if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() => ask(arguments)?,
        (None, _) => return Err(missing(arguments, "no disposition was given", "say how it ended with --disposition").into()),
        (Some(_), None) => return Err(missing(arguments, "no resolution was given", "say what was done with --resolution").into()),
    };
    let operation = if arguments.amend { Operation::Amend(closing) } else { Operation::Close(closing) };
    change::apply(&arguments.change, &operation, voice)
}

fn missing(arguments: &Arguments, what: &str, hint: &str) -> Error {
    Error::Case { hotline_id: arguments.change.id.clone(), what: what.to_owned(), hint: Some(hint.to_owned()) }
}

/// Asks for what the flags do not say.
fn ask(arguments: &Arguments) -> anyhow::Result<Closing> {
    // A wrong id is told before the questions, not after.
    let case = Casebook::open(&arguments.change.place.out)?.case(&arguments.change.id)?;
    let names: Vec<&str> = Disposition::ALL.iter().map(|disposition| disposition.as_str()).collect();
    let disposition = match arguments.disposition {
        Some(disposition) => disposition,
        None => ask_until(&format!("how did it end? ({})", names.join(", ")), Disposition::parse)?,
    };
    let root_cause = match &arguments.root_cause {
        Some(cause) => Some(cause.clone()),
        None => Some(question("why had it happened? (empty: not known)")?).filter(|cause| !cause.is_empty()),
    };
    let value_won = match arguments.value {
        None if disposition == Disposition::LeadWon => Some(ask_until("value of the business won?", |text| text.parse().ok())?),
        value => value,
    };
    let resolution = match &arguments.resolution {
        Some(resolution) => resolution.clone(),
        None => ask_until(&format!("what was done about {}?", case.hotline_id), |text| Some(text.to_owned()).filter(|t| !t.is_empty()))?,
    };
    Ok(Closing { disposition, resolution, root_cause, value_won })
}

fn ask_until<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> anyhow::Result<T> {
    loop {
        if let Some(value) = read(&question(text)?) {
            return Ok(value);
        }
    }
}

fn question(text: &str) -> anyhow::Result<String> {
    let mut err = std::io::stderr().lock();
    write!(err, "{text} ")?;
    err.flush()?;
    let mut answer = String::new();
    if std::io::stdin().lock().read_line(&mut answer)? == 0 {
        anyhow::bail!("the questions were not answered; nothing was written");
    }
    Ok(answer.trim().to_owned())
}

fn disposition(text: &str) -> Result<Disposition, String> {
    let names: Vec<&str> = Disposition::ALL.iter().map(|disposition| disposition.as_str()).collect();
    Disposition::parse(text).ok_or_else(|| format!("one of {}", names.join(", ")))
}
