//! `outspoken hotline act|contacted|note|assign|reopen`: one event each.

use std::io::Write as _;

use clap::Args;

use super::words::{due, line};
use super::{Change, show};
use crate::casework::{Casebook, Operation};
use crate::cli::Ending;
use crate::cli::tell::Voice;

/// What `hotline act` takes.
#[derive(Args, Debug)]
pub(super) struct Act {
    #[command(flatten)]
    change: Change,
    /// What is done.
    #[arg(value_name = "TEXT", default_value = "", hide_default_value = true)]
    text: String,
    /// Who has it from now on.
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
}

/// What `hotline contacted` takes.
#[derive(Args, Debug)]
pub(super) struct Contacted {
    #[command(flatten)]
    change: Change,
    /// What was said.
    #[arg(value_name = "TEXT", default_value = "", hide_default_value = true)]
    text: String,
}

/// What `hotline note` takes.
#[derive(Args, Debug)]
pub(super) struct Note {
    #[command(flatten)]
    change: Change,
    /// What is written down.
    #[arg(value_name = "TEXT", default_value = "", hide_default_value = true)]
    text: String,
    /// Id that the case has in your own tool.
    #[arg(long, value_name = "ID")]
    external_ref: Option<String>,
}

/// What `hotline assign` takes.
#[derive(Args, Debug)]
pub(super) struct Assign {
    #[command(flatten)]
    change: Change,
    /// Who has it from now on; an empty name: nobody.
    #[arg(value_name = "OWNER")]
    owner: String,
    /// Why.
    #[arg(value_name = "TEXT", default_value = "", hide_default_value = true)]
    text: String,
}

/// What `hotline reopen` takes.
#[derive(Args, Debug)]
pub(super) struct Reopen {
    #[command(flatten)]
    change: Change,
    /// Why.
    #[arg(value_name = "TEXT", default_value = "", hide_default_value = true)]
    text: String,
}

impl Act {
    pub(super) fn main(&self, voice: Voice) -> anyhow::Result<Ending> {
        apply(&self.change, &Operation::Act { text: self.text.clone(), owner: self.owner.clone() }, voice)
    }
}

impl Contacted {
    pub(super) fn main(&self, voice: Voice) -> anyhow::Result<Ending> {
        apply(&self.change, &Operation::Contact { text: self.text.clone() }, voice)
    }
}

impl Note {
    pub(super) fn main(&self, voice: Voice) -> anyhow::Result<Ending> {
        apply(&self.change, &Operation::Note { text: self.text.clone(), external_ref: self.external_ref.clone() }, voice)
    }
}

impl Assign {
    pub(super) fn main(&self, voice: Voice) -> anyhow::Result<Ending> {
        apply(&self.change, &Operation::Assign { owner: self.owner.clone(), text: self.text.clone() }, voice)
    }
}

impl Reopen {
    pub(super) fn main(&self, voice: Voice) -> anyhow::Result<Ending> {
        apply(&self.change, &Operation::Reopen { text: self.text.clone() }, voice)
    }
}

/// Does it and tells where the case stands then.
pub(super) fn apply(change: &Change, operation: &Operation, voice: Voice) -> anyhow::Result<Ending> {
    let mut book = Casebook::open(&change.place.out)?;
    let case = book.case(&change.id)?;
    let by = change.by();
    let case = book.apply(&case, operation, &by)?;
    if change.json {
        writeln!(std::io::stdout().lock(), "{:#}", show::json(&case, by.at)?)?;
        return Ok(Ending::Complete);
    }
    let owner = case.state.owner.as_deref().map_or_else(String::new, |owner| format!(", owner {}", line(owner)));
    let due = Some(due(&case, by.at)).filter(|due| !due.is_empty()).map_or_else(String::new, |due| format!(", {due}"));
    voice.say(&format!("{} is {}{due}{owner}; `outspoken sync` brings it into the tables", case.hotline_id, case.state.status.as_str()));
    Ok(Ending::Complete)
}
