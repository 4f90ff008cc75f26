//! `outspoken hotline add`

use std::io::Write as _;

use clap::Args;

use super::words::due;
use super::{Place, show, who};
use crate::casework::{By, Casebook, Opening, Subject};
use crate::cli::Ending;
use crate::cli::tell::Voice;

/// What `hotline add` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// What happened, in a line.
    #[arg(value_name = "TEXT")]
    description: String,
    #[command(flatten)]
    place: Place,
    /// The response that it is about.
    #[arg(long, value_name = "ID", required_unless_present = "account", conflicts_with = "account")]
    response: Option<String>,
    /// Source of the response, where two have one of this id.
    #[arg(long, value_name = "NAME", requires = "response")]
    source: Option<String>,
    /// The account that it is about, by id or name: the case hangs on its newest response.
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Who acts: care, sales or a team of your rules.
    #[arg(long, value_name = "ROUTE", default_value = "care")]
    route: String,
    /// How severe, 1 (worst) to 5.
    #[arg(long, value_name = "N", default_value_t = 2)]
    severity: i32,
    /// What it is about: churn, safety, sales_lead or another category of the rules.
    #[arg(long, value_name = "CATEGORY")]
    category: Option<String>,
    /// Time to respond: 24h, 2 days, 8 business hours, 2 business days.
    #[arg(long, value_name = "TIME", default_value = "48h")]
    within: String,
    /// Your name [default: $OUTSPOKEN_USER, else that of the login].
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// When it was [default: now].
    #[arg(long, value_name = "TIME", value_parser = crate::cli::run::time)]
    at: Option<jiff::Timestamp>,
    /// Print the case as JSON.
    #[arg(long)]
    json: bool,
}

/// Opens the case and tells its id.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let subject = match (&arguments.response, &arguments.account) {
        (Some(response_id), _) => Subject::Response { response_id: response_id.clone(), source: arguments.source.clone() },
        (None, account) => Subject::Account(account.clone().unwrap_or_default()),
    };
    let opening = Opening {
        subject,
        route: arguments.route.clone(),
        severity: arguments.severity,
        category: arguments.category.clone(),
        respond_within: arguments.within.clone(),
        description: arguments.description.clone(),
    };
    let at = arguments.at.unwrap_or_else(jiff::Timestamp::now).as_microsecond();
    let by = By { who: who(arguments.who.as_deref()), at, seen: None };
    let case = Casebook::open(&arguments.place.out)?.add(&opening, &by)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{:#}", show::json(&case, at)?)?;
    } else {
        writeln!(out, "{}", case.hotline_id)?;
    }
    voice.say(&format!(
        "opened for response {} of {}, due {}; `outspoken sync` brings it into the tables",
        case.response_id,
        case.account_name.as_deref().or(case.account_id.as_deref()).unwrap_or("no account"),
        due(&case, at)
    ));
    Ok(Ending::Complete)
}
