//! `outspoken report`

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::Ending;
use crate::month::Month;
use crate::report::{self, Edition, Format, Options};

/// What `report` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Output directory of the runs.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Month of the report [default: the newest with responses].
    #[arg(long, value_name = "YYYY-MM", value_parser = super::run::month)]
    month: Option<Month>,
    /// The pack of one functional area, with a page for its front line.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["account", "audience"])]
    area: Option<String>,
    /// For a meeting with one account, by its id or name; --edition says for which side of the table.
    #[arg(long, value_name = "ID", conflicts_with = "audience")]
    account: Option<String>,
    /// With --account: the sheet to prepare with, or what the customer gets.
    #[arg(long, value_enum, requires = "account", default_value = "internal")]
    edition: Side,
    /// One page "you said, we did, what is next", wording to edit.
    #[arg(long, value_enum)]
    audience: Option<Audience>,
    /// How it is written; a workbook holds the tables behind the whole pack.
    #[arg(long, value_enum, default_value = "html")]
    format: FormatOf,
    /// Freeze the page in `published/`: figures that change later are told in the live one.
    #[arg(long)]
    publish: bool,
    /// With --publish: when the results of the fieldwork were received.
    #[arg(long, value_name = "YYYY-MM-DD", requires = "publish", value_parser = day)]
    results_received: Option<jiff::civil::Date>,
    /// With --publish: when the review meeting is.
    #[arg(long, value_name = "YYYY-MM-DD", requires = "publish", value_parser = day)]
    meeting: Option<jiff::civil::Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Side {
    /// A sheet to prepare with: who answered and how by role, open cases, what to mend first.
    Internal,
    /// What is handed over: no other account, no HOTLINE case, no score of a model.
    Customer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Audience {
    /// For everybody in the house.
    Staff,
    /// For all customers.
    Customers,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FormatOf {
    /// A page that opens from disk.
    Html,
    /// A workbook of the tables behind the pack.
    Xlsx,
    /// Markdown.
    Md,
}

fn day(text: &str) -> Result<jiff::civil::Date, String> {
    text.parse().map_err(|_| "write a day as YYYY-MM-DD, as in 2026-10-09".to_owned())
}

/// Writes the report and prints its path.
pub(super) fn main(arguments: &Arguments) -> anyhow::Result<Ending> {
    let edition = match (&arguments.area, &arguments.account, arguments.audience) {
        (Some(area), ..) => Edition::Area(area.clone()),
        (_, Some(account), _) if arguments.edition == Side::Customer => Edition::Customer(account.clone()),
        (_, Some(account), _) => Edition::Account(account.clone()),
        (.., Some(Audience::Staff)) => Edition::Staff,
        (.., Some(Audience::Customers)) => Edition::Customers,
        _ => Edition::Pack,
    };
    let format = match arguments.format {
        FormatOf::Html => Format::Html,
        FormatOf::Xlsx => Format::Xlsx,
        FormatOf::Md => Format::Markdown,
    };
    let publish = arguments.publish.then_some([arguments.results_received, arguments.meeting]);
    let path = report::make(&arguments.out, &Options { month: arguments.month, edition, format, publish })?;
    writeln!(std::io::stdout().lock(), "{}", path.display())?;
    Ok(Ending::Complete)
}
