//! `outspoken search`: verbatims that say this, on the terminal.

use std::io::{IsTerminal as _, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::index::{How, published, write};
use super::tell::Voice;
use super::{Ending, tell};
use crate::search::{Facets, Found, Hit, Index, Request, Searcher, Sort, ThemeNames, snippet};
use crate::sink::Version;

/// What `search` takes.
///
/// Words beside each other are all looked for, in any form: refund finds refunds and refunded.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    outspoken search 'late fee' --out DIR\n  \
    outspoken search '\"late fee\" -waived' --out DIR\n  \
    outspoken search 'refund* OR refnd~1' --out DIR\n  \
    outspoken search 'theme:billing month:>=2026-07 nps:<=6 sentiment:<0 hotline:care' --out DIR\n\n\
    Fields: theme, account, account_id, month, nps, hotline, sentiment, area, segment, channel, product, source,\n\
    language, emotion, rule, suppressed, response, verbatim. docs/search.md tells more.")]
pub(super) struct Arguments {
    /// What to look for; empty: everything.
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// Output directory of the runs.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What comes first [default: relevance where words are asked for, else newest].
    #[arg(long, value_name = "ORDER", value_parser = sort)]
    sort: Option<Sort>,
    /// Verbatims of a page.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Page, from 1.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    page: u32,
    /// Print how matches part by theme, month, area, segment and HOTLINE route.
    #[arg(long)]
    facets: bool,
    /// Print one JSON object: total, hits with the spans that matched, facets.
    #[arg(long)]
    json: bool,
}

fn sort(name: &str) -> Result<Sort, String> {
    let known = || Sort::NAMES.map(|(name, _)| name).join(", ");
    Sort::parse(name).ok_or_else(|| format!("orders: {}", known()))
}

/// Searches and prints.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let version = published(&arguments.out)?;
    let (searcher, ending) = current(arguments, &version, voice)?;
    let query = arguments.query.join(" ");
    let limit = arguments.limit as usize;
    let request = Request {
        query: &query,
        sort: arguments.sort,
        offset: (arguments.page as usize - 1).saturating_mul(limit),
        limit,
        with_facets: arguments.facets || arguments.json,
    };
    let themes = ThemeNames::load(&version)?;
    let found = searcher.find(request, &themes)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &as_json(arguments, &query, &searcher, &found, &themes))?;
        writeln!(out)?;
    } else {
        print(&mut out, arguments, &found, &themes)?;
    }
    out.flush()?;
    Ok(ending)
}

/// An index that covers the tables: says so when it is behind, and catches up. Where another process is at it, what it covers now.
fn current(arguments: &Arguments, version: &Version, voice: Voice) -> anyhow::Result<(Searcher, Ending)> {
    let index = Index::open(&arguments.out)?;
    if index.is_current(version)? {
        return Ok((index.searcher()?, Ending::Complete));
    }
    voice.say(match index.run_id()?.is_empty() {
        true => "there is no search index yet: building it",
        false => "the search index is behind the tables: catching up",
    });
    if let Err(error) = write(&index, version, How::CatchUp, voice) {
        let searcher = index.searcher()?;
        if searcher.n_verbatims() == 0 {
            return Err(error.into());
        }
        voice.warn(&format!("searching an index that is behind the tables (run {}): {error}", searcher.run_id()));
        return Ok((searcher, Ending::Attention));
    }
    Ok((index.searcher()?, Ending::Complete))
}

fn print(out: &mut impl Write, arguments: &Arguments, found: &Found, themes: &ThemeNames) -> std::io::Result<()> {
    let is_terminal = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let (mark, end) = if is_terminal { ("\u{1b}[1;33m", "\u{1b}[0m") } else { ("[", "]") };
    let first = (arguments.page as usize - 1) * arguments.limit as usize;
    let shown = match found.hits.len() {
        0 => String::new(),
        n => format!(", {} to {} shown, {} first", first + 1, first + n, found.sort.name()),
    };
    writeln!(out, "{} {}{shown}", found.total, if found.total == 1 { "verbatim" } else { "verbatims" })?;
    for hit in &found.hits {
        writeln!(out, "\n{}", heading(hit, themes))?;
        let cut = snippet(&hit.text, &hit.marks, 400);
        write!(out, "  {}", if cut.is_cut_before { "… " } else { "" })?;
        for (piece, is_mark) in &cut.pieces {
            let piece = tell::printable(piece);
            if *is_mark { write!(out, "{mark}{piece}{end}")? } else { write!(out, "{piece}")? }
        }
        writeln!(out, "{}", if cut.is_cut_after { " …" } else { "" })?;
    }
    if arguments.facets {
        print_facets(out, &found.facets)?;
    }
    Ok(())
}

fn heading(hit: &Hit, themes: &ThemeNames) -> String {
    let mut parts = vec![hit.verbatim_id.clone()];
    parts.extend(hit.month.map(|month| month.to_string()));
    parts.extend(hit.account.as_deref().map(tell::printable));
    parts.extend(hit.nps.map(|nps| format!("NPS {nps}")));
    parts.extend(hit.sentiment.map(|sentiment| format!("sentiment {sentiment:+.2}")));
    parts.extend(hit.primary_theme.as_deref().map(|id| tell::printable(themes.label(id))));
    parts.extend(hit.routes.iter().map(|route| format!("HOTLINE {}", tell::printable(route))));
    parts.join(" · ")
}

/// Values of a facet that are printed.
const MAX_VALUES: usize = 12;

fn print_facets(out: &mut impl Write, facets: &Facets) -> std::io::Result<()> {
    let all = [
        ("theme", &facets.theme),
        ("month", &facets.month),
        ("area", &facets.area),
        ("segment", &facets.segment),
        ("HOTLINE route", &facets.route),
    ];
    for (name, values) in all.into_iter().filter(|(_, values)| !values.is_empty()) {
        writeln!(out, "\nby {name}")?;
        for value in values.iter().take(MAX_VALUES) {
            writeln!(out, "{:>9}  {}", value.n, tell::printable(&value.label))?;
        }
        if values.len() > MAX_VALUES {
            writeln!(out, "           and {} more", values.len() - MAX_VALUES)?;
        }
    }
    Ok(())
}

fn as_json(arguments: &Arguments, query: &str, searcher: &Searcher, found: &Found, themes: &ThemeNames) -> serde_json::Value {
    let hit = |hit: &Hit| {
        let char_at = |byte: usize| hit.text.get(..byte).map_or(0, |before| before.chars().count());
        let theme = |id: &String| json!({ "theme_id": id, "label": themes.label(id) });
        json!({
            "verbatim_id": hit.verbatim_id,
            "response_id": hit.response_id,
            "source": hit.source,
            "report_month": hit.month.map(|month| month.to_string()),
            "question": hit.question,
            "text": hit.text,
            "language": hit.language,
            "matches": hit.marks.iter().map(|(from, to)| [char_at(*from), char_at(*to)]).collect::<Vec<_>>(),
            "nps_score": hit.nps,
            "sentiment": hit.sentiment,
            "account": hit.account,
            "themes": hit.themes.iter().map(theme).collect::<Vec<_>>(),
            "hotline_routes": hit.routes,
        })
    };
    json!({
        "query": query,
        "run_id": searcher.run_id(),
        "total": found.total,
        "page": arguments.page,
        "sort": found.sort.name(),
        "hits": found.hits.iter().map(hit).collect::<Vec<_>>(),
        "facets": found.facets,
    })
}
