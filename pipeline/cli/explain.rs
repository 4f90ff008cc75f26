//! `outspoken explain`: one verbatim, and everything that is said of it.

use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use anyhow::Context as _;
use clap::Args;

use super::Ending;
use crate::config::{self, Settings};
use crate::explain::{Explained, HitExplanation, explain};
use crate::runner::Knowledge;
use crate::sink::Version;
use crate::stage::sentiment::{ClauseExplanation, TermExplanation};
use crate::theme::Registry;

/// What `explain` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The verbatim; `-` reads it from standard input.
    text: String,
    /// Settings file: its rules, lexicons and privacy [default: what the program ships].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Output directory whose themes are looked up [default: none, no clause has a theme].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Explains, and prints.
pub(super) fn main(arguments: &Arguments) -> anyhow::Result<Ending> {
    let settings = arguments.config.as_deref().map_or_else(|| Ok(Settings::default()), config::load)?;
    let knowledge = Knowledge::load(&settings)?;
    let registry = arguments.out.as_deref().map(|out| registry(out, &knowledge)).transpose()?;
    let mut text = String::new();
    if arguments.text == "-" {
        std::io::stdin().read_to_string(&mut text).context("cannot read the verbatim from standard input")?;
    } else {
        text.push_str(&arguments.text);
    }
    let explained = explain(&knowledge, registry.as_ref(), &settings, &text);
    let mut out = anstream::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &explained)?;
        writeln!(out)?;
    } else {
        print(&mut out, &explained, registry.is_some())?;
    }
    Ok(Ending::Complete)
}

fn registry(out: &Path, knowledge: &Knowledge) -> anyhow::Result<Registry> {
    let version = Version::current(out)?.with_context(|| format!("`{}` has no tables yet", out.display()))?;
    Ok(knowledge.registry(Some(&version))?)
}

const BAD: Style = AnsiColor::Red.on_default();
const GOOD: Style = AnsiColor::Green.on_default();
const HEAD: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

fn of_value(value: f64) -> Style {
    match () {
        () if value > 0.0 => GOOD,
        () if value < 0.0 => BAD,
        () => FAINT,
    }
}

fn print(out: &mut impl Write, explained: &Explained, has_themes: bool) -> std::io::Result<()> {
    let sentiment = &explained.sentiment;
    writeln!(out, "{}", printable(&explained.text))?;
    let meaningful = if explained.meaningful { "" } else { ", says nothing" };
    let redacted = match explained.redaction_count {
        0 => String::new(),
        n => format!(", {n} pieces of personal data replaced"),
    };
    writeln!(out, "{}", painted(FAINT, &format!("language {}, {} words{meaningful}{redacted}", sentiment.language, explained.word_count)))?;
    for (place, clause) in sentiment.clauses.iter().enumerate() {
        print_clause(out, place, clause)?;
        match explained.themes.get(place).and_then(Option::as_ref) {
            Some(theme) if theme.near => {
                writeln!(out, "  theme {} ({:.2}, asks for {:.2})", theme.label, theme.similarity, theme.threshold)?
            }
            Some(theme) => {
                let text = format!("  no theme: nearest is {} ({:.2}, asks for {:.2})", theme.label, theme.similarity, theme.threshold);
                writeln!(out, "{}", painted(FAINT, &text))?;
            }
            None => {}
        }
    }
    print_score(out, explained)?;
    for hit in &explained.hits {
        print_hit(out, hit)?;
    }
    if explained.hits.is_empty() {
        writeln!(out, "{}   no rule matches", painted(HEAD, "HOTLINE"))?;
    }
    if !has_themes {
        writeln!(out, "{}", painted(FAINT, "themes: name the output directory of a run with --out to see the nearest of each clause"))?;
    }
    Ok(())
}

fn print_clause(out: &mut impl Write, place: usize, clause: &ClauseExplanation) -> std::io::Result<()> {
    let score = clause.sentiment.map_or_else(|| "–".to_owned(), |s| painted(of_value(s), &format!("{s:+.3}")));
    writeln!(out)?;
    writeln!(out, "{} {score}  {}", painted(HEAD, &format!("clause {}", place + 1)), printable(&clause.text))?;
    for term in &clause.terms {
        print_term(out, term)?;
    }
    if !clause.terms.is_empty() {
        writeln!(out, "  {}", painted(FAINT, &clause.arithmetic))?;
    }
    Ok(())
}

fn print_term(out: &mut impl Write, term: &TermExplanation) -> std::io::Result<()> {
    let changes: Vec<String> = term
        .changes
        .iter()
        .map(|change| match &change.by {
            Some(by) => format!("{} by “{}”", change.what, printable(by)),
            None => change.what.to_owned(),
        })
        .collect();
    let made = if changes.is_empty() { String::new() } else { format!(" ← {:+.1} {}", term.valence, changes.join(", ")) };
    let value = painted(of_value(term.value), &format!("{:+.2}", term.value));
    writeln!(out, "  {value}  “{}”{made}  {}", printable(&term.text), painted(FAINT, &format!("{}, {}", term.layer, term.place)))
}

fn print_score(out: &mut impl Write, explained: &Explained) -> std::io::Result<()> {
    let sentiment = &explained.sentiment;
    writeln!(out)?;
    let score = sentiment
        .sentiment
        .map_or_else(|| "none".to_owned(), |s| painted(of_value(s), &format!("{s:+.3} {}", sentiment.label.unwrap_or_default())));
    writeln!(out, "{} {score}  {}", painted(HEAD, "sentiment"), painted(FAINT, &sentiment.arithmetic))?;
    if let Some(vader) = sentiment.vader {
        writeln!(out, "{}     {vader:+.4}  {}", painted(HEAD, "VADER"), painted(FAINT, "classic, for comparison"))?;
    }
    let terms: Vec<String> = sentiment
        .emotions
        .iter()
        .map(|term| match (&term.emotion, &term.negated_by) {
            (Some(emotion), _) => format!("“{}” {emotion}", printable(&term.text)),
            (None, Some(by)) => format!("“{}” negated by “{}”", printable(&term.text), printable(by)),
            (None, None) => format!("“{}” not counted", printable(&term.text)),
        })
        .collect();
    if sentiment.emotion.is_some() || !terms.is_empty() {
        let effort = if sentiment.effort { ", tells of effort" } else { "" };
        let emotion = sentiment.emotion.unwrap_or("none");
        writeln!(out, "{}   {emotion}{effort}  {}", painted(HEAD, "emotion"), painted(FAINT, &terms.join(", ")))?;
    }
    Ok(())
}

fn print_hit(out: &mut impl Write, hit: &HitExplanation) -> std::io::Result<()> {
    let state = if hit.fired { painted(BAD, "fires ") } else { painted(FAINT, "silent") };
    let cue = hit.cue_text.as_ref().map_or_else(String::new, |cue| format!(" by “{}”", printable(cue)));
    let why = hit.suppressed_by.as_ref().map_or_else(String::new, |why| format!("; suppressed by {why}"));
    writeln!(
        out,
        "{}   {state} {} v{} ({}, {}, severity {}): “{}” {}{cue}{why}",
        painted(HEAD, "HOTLINE"),
        hit.rule_id,
        hit.rule_version,
        hit.category,
        hit.route,
        hit.severity,
        printable(&hit.matched_text),
        hit.assertion,
    )
}

/// A terminal is not to be steered by a verbatim: control characters are shown as what they are.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') { '\u{fffd}' } else { c })
        .collect()
}
