//! What are the five things to say about the month?
//!
//! Sentences from templates, filled from verdicts: what moved beyond chance, what did not, what customers speak about and what of it is new or
//! grows, the HOTLINE cases, and what needs a decision. Nothing is said that a table does not hold.

use std::collections::BTreeMap;

use super::account::Account;
use super::case::Case;
use super::html::Html;
use super::kpi::{Kpi, Verdict};
use super::number::{Unit, count, counted, month_name, sentiment, time};
use super::pack::Pack;
use super::theme::Figures;
use crate::casework::wording;

/// Figures or themes named in one sentence; the tables below have the rest.
const N_NAMED: usize = 4;

/// Accounts named in one sentence.
const N_ACCOUNTS: usize = 3;

/// A new theme of fewer responses is an anecdote; the table has it.
const MIN_NEW: i64 = 3;

/// Shares and changes are told of so many people and more; of fewer, people are counted.
const MIN_SHARE: i64 = 30;

/// Writes the five sentences.
pub(super) fn write(html: &mut Html, pack: &Pack) {
    html.raw("<ol class=\"headlines\">\n");
    let mut spoken = biggest(pack);
    spoken.push(&growing(pack));
    let still = if pack.is_first_month { "Where we start." } else { "What did not." };
    for (lead, sentence) in [
        ("What moved.", moved(pack)),
        (still, unmoved(pack)),
        ("What customers speak about.", spoken),
        ("HOTLINE.", hotline(pack)),
        ("What needs a decision.", decision(pack)),
    ] {
        html.raw("<li>").element("strong", "", lead).raw(" ").push(&sentence).raw("</li>\n");
    }
    html.raw("</ol>\n");
}

fn moved(pack: &Pack) -> Html {
    if pack.is_first_month {
        return Html::of("Nothing can have moved: this is the first month, and its figures are the baseline.");
    }
    let mut real: Vec<&Kpi> = pack.kpis_now().filter(|kpi| kpi.verdict.is_real()).collect();
    let is_said = |mean: &&Kpi| real.iter().any(|kpi| kpi.is_same_measure(mean));
    let means: Vec<&Kpi> = pack.means_now().filter(|mean| mean.verdict.is_real() && !is_said(mean)).collect();
    real.extend(means);
    real.sort_by(|a, b| b.change_size().total_cmp(&a.change_size()));
    let n_tested = pack.kpis_now().filter(|kpi| kpi.verdict.is_real() || kpi.verdict == Verdict::NoEvidence).count();
    let mut html = Html::default();
    if real.is_empty() {
        let has_small = pack.kpis_now().any(|kpi| kpi.verdict == Verdict::BaseTooSmall);
        let most = pack.kpis_now().map(|kpi| kpi.base).max().unwrap_or_default();
        html.text(&match n_tested {
            0 if has_small && most < MIN_SHARE => {
                format!("Nothing can be told: {} at most are too few to compare with {}.", answers(most), before(pack))
            }
            0 if has_small => format!("Nothing can be told: {} has too few answers to compare with.", before(pack)),
            0 => format!("No measure was asked both now and in {}.", before(pack)),
            1 => format!("The one measure that could be tested did not move from {} beyond what chance explains.", before(pack)),
            n => format!(
                "None of the {} that could be tested moved from {} beyond what chance explains.",
                counted(n, "measure", "measures"),
                before(pack)
            ),
        });
        return html;
    }
    html.text(&format!("Beyond what chance explains since {}: ", before(pack)));
    for (idx, kpi) in real.iter().take(N_NAMED).enumerate() {
        html.text(if idx > 0 { "; " } else { "" });
        name(&mut html, pack, kpi);
        let way = if kpi.verdict == Verdict::Up { "up" } else { "down" };
        let unit = kpi.unit();
        html.text(&format!(" {way} {} to {} ({})", unit.distance(kpi.change), unit.value(kpi.value), answers(kpi.base)));
    }
    rest(&mut html, real.len(), "measure", "measures");
    html
}

fn unmoved(pack: &Pack) -> Html {
    let of = |verdict: Verdict| {
        let has_moved = |kpi: &Kpi| pack.means_now().any(|mean| mean.verdict.is_real() && mean.is_same_measure(kpi));
        let mut kpis: Vec<&Kpi> = pack.kpis_now().filter(|kpi| kpi.verdict == verdict && !has_moved(kpi)).collect();
        // What is about the whole relationship first, then the broadest bases.
        kpis.sort_by_key(|kpi| (kpi.area.is_some(), -kpi.base));
        kpis
    };
    let (steady, small, first) = (of(Verdict::NoEvidence), of(Verdict::BaseTooSmall), of(Verdict::NoMonthBefore));
    let has_few = steady.is_empty() && !small.is_empty();
    let mut html = Html::default();
    let first_said = if pack.is_first_month { "" } else { "Not comparable with the month before: " };
    for (kpis, said) in
        [(steady, "No evidence of a change: "), (small, "Too few answers, now or before, to tell of a change: "), (first, first_said)]
    {
        if kpis.is_empty() {
            continue;
        }
        html.text(said);
        for (idx, kpi) in kpis.iter().take(N_NAMED).enumerate() {
            html.text(if idx > 0 { ", " } else { "" });
            if idx == 0 && said.is_empty() {
                html.foreign(&wording::plain(&kpi.name()));
            } else {
                name(&mut html, pack, kpi);
            }
            html.text(&format!(" {} ({})", kpi.unit().value(kpi.value), answers(kpi.base)));
        }
        rest(&mut html, kpis.len(), "measure", "measures");
        html.text(" ");
    }
    if has_few {
        html.text("Three and twelve months together say more: kpi_month has both.");
    }
    if html.clone().finish().is_empty() {
        html.text(if pack.kpis_now().next().is_none() {
            "No measure was asked in this month."
        } else {
            "Nothing: every measure moved beyond what chance explains."
        });
    }
    html
}

/// "176 answers".
fn answers(n: i64) -> String {
    counted(usize::try_from(n).unwrap_or_default(), "answer", "answers")
}

fn hotline(pack: &Pack) -> Html {
    let cases = &pack.cases;
    if cases.is_empty() {
        return Html::of("No case in this month.");
    }
    let n = |holds: &dyn Fn(&Case) -> bool| cases.iter().filter(|case| holds(case)).count();
    let clock = pack.record.clock();
    let (n_open, n_past) = (n(&Case::is_open), n(&|case| case.is_past(clock)));
    let n_historical = n(&|case| case.status == "historical");
    let n_worst = n(&|case| case.severity == Some(1));
    let mut routes: BTreeMap<&str, usize> = BTreeMap::new();
    cases.iter().for_each(|case| *routes.entry(&case.route).or_default() += 1);
    let mut html = Html::of(&counted(cases.len(), "case", "cases"));
    for (idx, (route, n)) in routes.iter().enumerate() {
        html.text(if idx == 0 { " (" } else { ", " });
        html.text(&if routes.len() > 1 { format!("{} ", count(*n as i64)) } else { String::new() }).foreign(route);
    }
    html.text(&match n_worst {
        0 => "), none of severity 1.".to_owned(),
        n => format!("), {} of severity 1, the worst.", count(n as i64)),
    });
    let timed: Vec<bool> = cases.iter().filter(|case| !case.is_open()).filter_map(|case| case.was_in_time(clock)).collect();
    if !timed.is_empty() {
        let n_in_time = timed.iter().filter(|in_time| **in_time).count();
        html.text(&format!(" Of {} acted on, {} in time.", counted(timed.len(), "case", "cases"), count(n_in_time as i64)));
    }
    if n_open > 0 {
        let which = match n_open {
            1 if cases.len() == 1 => "it".to_owned(),
            n if n == cases.len() => "any of them".to_owned(),
            n => count(n as i64),
        };
        let past = match n_past {
            0 => "no time to respond is over".to_owned(),
            n if n == n_open => "the time to respond is over".to_owned(),
            n => format!("of {} the time to respond is over", count(n as i64)),
        };
        html.text(&format!(" Nobody has acted on {which} yet; {past} as of "))
            .element("span", "whole", &format!("{} UTC", time(Some(clock))))
            .text(".");
    }
    if n_historical == cases.len() {
        html.text(" All were older than the limit when first seen: no clock runs.");
    } else if n_historical > 0 {
        html.text(&format!(" {} older than the limit when first seen, without a clock.", counted(n_historical, "was", "were")));
    }
    html
}

fn biggest(pack: &Pack) -> Html {
    let mut html = Html::default();
    let of_sources: Vec<(&str, &Figures)> = pack
        .volumes
        .iter()
        .filter_map(|volume| Some((volume.source.as_str(), pack.themes.iter().find(|theme| theme.source == volume.source)?)))
        .collect();
    for (idx, (source, theme)) in of_sources.iter().take(N_NAMED).enumerate() {
        html.text(if idx == 0 { "Most often, in " } else { "; in " }).foreign(&source.replace('_', " ")).text(": “");
        let share = if theme.base < MIN_SHARE { String::new() } else { format!(", {}", Unit::Share.value(theme.share)) };
        html.foreign(pack.label(&theme.theme_id)).text(&format!(
            "” ({} of {} who wrote{share}; mean sentiment {})",
            count(theme.responses),
            count(theme.base),
            sentiment(theme.sentiment)
        ));
    }
    if of_sources.is_empty() {
        html.text("Nothing that was written lies near a theme. ");
    } else {
        rest(&mut html, of_sources.len(), "source", "sources");
        html.text(" ");
    }
    html
}

fn growing(pack: &Pack) -> Html {
    if pack.is_first_month {
        return Html::of("Every theme is new in a first month, and none can grow yet.");
    }
    let mut html = Html::default();
    let is_growing = |theme: &&Figures| theme.trend.as_deref() == Some("growing") || theme.verdict == Verdict::Up;
    let new = by_theme(pack.themes.iter().filter(|theme| pack.is_new(theme) && theme.responses >= MIN_NEW));
    let growing = by_theme(pack.themes.iter().filter(|theme| !pack.is_new(theme)).filter(is_growing));
    if new.is_empty() && growing.is_empty() {
        return Html::of("No theme of three responses or more is new, and no known one grows beyond what chance explains.");
    }
    for (themes, said, none) in [
        (new, "New: ", "No theme of three responses or more is new. "),
        (growing, "Growing: ", "No known theme grows beyond what chance explains."),
    ] {
        if themes.is_empty() {
            html.text(none);
            continue;
        }
        html.text(said);
        for (idx, of_sources) in themes.iter().take(N_NAMED).enumerate() {
            html.text(if idx > 0 { ", “" } else { "“" }).foreign(pack.label(&of_sources[0].theme_id)).text("” (");
            for (idx, theme) in of_sources.iter().enumerate() {
                html.text(if idx > 0 { ", " } else { "" });
                html.text(&format!("{} of {} in ", count(theme.responses), count(theme.base))).foreign(&theme.source.replace('_', " "));
            }
            html.text(")");
        }
        rest(&mut html, themes.len(), "theme", "themes");
        html.text(" ");
    }
    html
}

/// Figures of the same theme in several sources side by side, the theme of most responses first.
pub(super) fn by_theme<'a>(themes: impl Iterator<Item = &'a Figures>) -> Vec<Vec<&'a Figures>> {
    let mut found: BTreeMap<&str, Vec<&Figures>> = BTreeMap::new();
    themes.for_each(|theme| found.entry(&theme.theme_id).or_default().push(theme));
    let mut found: Vec<Vec<&Figures>> = found.into_values().collect();
    found.iter_mut().for_each(|of| of.sort_by(|a, b| (b.responses, &a.source).cmp(&(a.responses, &b.source))));
    let n = |of: &[&Figures]| of.iter().map(|theme| theme.responses).sum::<i64>();
    found.sort_by(|a, b| n(b).cmp(&n(a)).then_with(|| a[0].theme_id.cmp(&b[0].theme_id)));
    found
}

/// Cases past their time, goals that are missed, initiatives that fall short, profitable detractors and silent accounts: who has to decide, on what.
fn decision(pack: &Pack) -> Html {
    let mut parts: Vec<Html> = Vec::new();
    let n_past = pack.cases.iter().filter(|case| case.is_past(pack.record.clock())).count();
    if n_past > 0 {
        parts.push(Html::of(&format!("Who answers the {} past the time to respond.", counted(n_past, "HOTLINE case", "HOTLINE cases"))));
    }
    parts.extend(missed(pack));
    let short: Vec<_> = pack.initiatives.iter().filter(|initiative| initiative.verdict.as_deref() == Some("short")).collect();
    if !short.is_empty() {
        let mut html = Html::of("Falling short of what was promised: ");
        for (idx, initiative) in short.iter().take(N_NAMED).enumerate() {
            html.text(if idx > 0 { ", “" } else { "“" }).foreign(initiative.name()).text("”");
        }
        rest(&mut html, short.len(), "initiative", "initiatives");
        parts.push(html);
    }
    parts.extend(accounts(pack));
    let has_goals = pack.kpis_now().chain(pack.means_now()).any(|kpi| kpi.goal.is_some());
    if pack.is_first_month && pack.kpis_now().any(|kpi| kpi.goal.is_none()) {
        parts.push(Html::of("Goals: this is the baseline month, and goals that it could tell are proposed below the areas."));
    }
    let leans = |kpi: &&Kpi| kpi.area.is_none() && kpi.largest_account_share.is_some_and(|share| share > super::areas::LEANS_ON_ONE);
    if let Some(kpi) = pack.kpis_now().find(leans) {
        let mut html = Html::default();
        name(&mut html, pack, kpi);
        html.text(&format!(" leans on one account, which gave {} of the answers.", Unit::Share.value(kpi.largest_account_share)));
        parts.push(html);
    }
    if parts.is_empty() {
        parts.extend(nothing(pack, has_goals).map(|said| Html::of(&said)));
    }
    if !has_goals && !pack.is_first_month && pack.kpis_now().next().is_some() {
        parts.push(Html::of("No measure has a goal yet, so none can be missed: who sets them, and at what level?"));
    }
    let mut html = Html::default();
    for (idx, part) in parts.iter().enumerate() {
        html.text(if idx > 0 { " " } else { "" }).push(part);
    }
    html
}

fn missed(pack: &Pack) -> Option<Html> {
    let missed: Vec<&Kpi> = pack.kpis_now().chain(pack.means_now()).filter(|kpi| kpi.status.as_deref() == Some("missed")).collect();
    let mut html = Html::of("Goals missed: ");
    for (idx, kpi) in missed.iter().take(N_NAMED).enumerate() {
        html.text(if idx > 0 { ", " } else { "" });
        name(&mut html, pack, kpi);
        html.text(&format!(" {} against {}", kpi.unit().value(kpi.value), kpi.unit().value(kpi.goal)));
        if let Some(owner) = &kpi.owner {
            html.text(" (").foreign(owner.split(',').next().unwrap_or_default()).text(")");
        }
    }
    rest(&mut html, missed.len(), "measure", "measures");
    (!missed.is_empty()).then_some(html)
}

/// Accounts that somebody has to call, those of the highest revenue by name.
fn accounts(pack: &Pack) -> Option<Html> {
    let mut html = Html::default();
    for (is_meant, one, more) in [
        (is_lost as fn(&Account) -> bool, "profitable account is a detractor", "profitable accounts are detractors"),
        (is_silent, "account is silent", "accounts are silent"),
    ] {
        let mut meant: Vec<&Account> = pack.accounts.iter().filter(|account| is_meant(account)).collect();
        if meant.is_empty() {
            continue;
        }
        meant.sort_by(|a, b| b.revenue.unwrap_or_default().total_cmp(&a.revenue.unwrap_or_default()).then(a.account_id.cmp(&b.account_id)));
        html.text(if html.clone().finish().is_empty() { "" } else { " " }).text(&counted(meant.len(), one, more)).text(": ");
        for (idx, account) in meant.iter().take(N_ACCOUNTS).enumerate() {
            html.text(if idx > 0 { ", " } else { "" }).foreign(account.called());
        }
        let n_rest = meant.len().saturating_sub(N_ACCOUNTS);
        html.text(&if n_rest > 0 { format!(" and {} more.", count(n_rest as i64)) } else { ".".to_owned() });
    }
    (!html.clone().finish().is_empty()).then_some(html)
}

fn is_lost(account: &Account) -> bool {
    account.cell.as_deref() == Some("C")
}

fn is_silent(account: &Account) -> bool {
    account.silent_waves >= 2
}

/// What was looked at and asks for no decision; none where nothing was.
fn nothing(pack: &Pack, has_goals: bool) -> Option<String> {
    let has_cells = pack.accounts.iter().any(|account| account.cell.is_some());
    let said = [
        (has_goals, "no goal is missed"),
        (!pack.initiatives.is_empty(), "no initiative falls short"),
        (pack.cases.iter().any(|case| case.respond_by.is_some()), "no HOTLINE case is past its time"),
        (has_cells, "no profitable account is a detractor or silent"),
    ];
    let said: Vec<&str> = said.into_iter().filter(|(is_known, _)| *is_known).map(|(_, said)| said).collect();
    let (last, others) = said.split_last()?;
    let joined = if others.is_empty() { (*last).to_owned() } else { format!("{} and {last}", others.join(", ")) };
    Some(format!("{}.", wording::plain(&joined)))
}

/// The name of a figure, with its source where there is more than one with figures.
fn name(html: &mut Html, pack: &Pack, kpi: &Kpi) {
    html.foreign(&kpi.name());
    if pack.kpis_now().any(|other| other.source != kpi.source) {
        html.text(" in ").foreign(&kpi.source.replace('_', " "));
    }
}

fn rest(html: &mut Html, n: usize, one: &str, more: &str) {
    let n_rest = n.saturating_sub(N_NAMED);
    html.text(&if n_rest > 0 {
        format!("; and {} more {}.", count(n_rest as i64), if n_rest == 1 { one } else { more })
    } else {
        ".".to_owned()
    });
}

fn before(pack: &Pack) -> String {
    month_name(pack.month.plus(-1))
}
