//! What are the five things to say about the month?
//!
//! Sentences from templates, filled from verdicts: what moved beyond chance, what did not, what customers speak about and what of it is new or
//! grows, the HOTLINE cases, and what needs a decision. Nothing is said that a table does not hold.

use super::html::Html;
use super::kpi::{Kpi, Verdict};
use super::number::{Unit, count, counted, month_name, sentiment, time};
use super::pack::Pack;

/// Figures or themes named in one sentence; the tables below have the rest.
const N_NAMED: usize = 4;

/// A new theme of fewer responses is an anecdote; the table has it.
const MIN_NEW: i64 = 3;

/// Writes the five sentences.
pub(super) fn write(html: &mut Html, pack: &Pack) {
    html.raw("<ol class=\"headlines\">\n");
    let mut spoken = biggest(pack);
    spoken.push(&growing(pack));
    for (lead, sentence) in [
        ("What moved", moved(pack)),
        ("What did not", unmoved(pack)),
        ("What customers speak about", spoken),
        ("HOTLINE", hotline(pack)),
        ("What needs a decision", decision(pack)),
    ] {
        html.raw("<li>").element("strong", "", lead).raw(" ").push(&sentence).raw("</li>\n");
    }
    html.raw("</ol>\n");
}

fn moved(pack: &Pack) -> Html {
    let mut real: Vec<&Kpi> = pack.kpis_now().filter(|kpi| kpi.verdict.is_real()).collect();
    let is_said = |mean: &&Kpi| real.iter().any(|kpi| kpi.is_same_measure(mean));
    let means: Vec<&Kpi> = pack.means_now().filter(|mean| mean.verdict.is_real() && !is_said(mean)).collect();
    real.extend(means);
    real.sort_by(|a, b| b.change_size().total_cmp(&a.change_size()));
    let n_tested = pack.kpis_now().filter(|kpi| kpi.verdict.is_real() || kpi.verdict == Verdict::NoEvidence).count();
    let mut html = Html::default();
    if real.is_empty() {
        html.text(&match n_tested {
            0 => "No measure could be compared with the month before.".to_owned(),
            n => format!(
                "None of the {} that could be tested moved from {} beyond what chance explains.",
                counted(n, "measure", "measures"),
                before(pack)
            ),
        });
        return html;
    }
    html.text(&format!("Beyond what chance explains, since {}: ", before(pack)));
    for (idx, kpi) in real.iter().take(N_NAMED).enumerate() {
        html.text(if idx > 0 { "; " } else { "" });
        name(&mut html, pack, kpi);
        let way = if kpi.verdict == Verdict::Up { "up" } else { "down" };
        let unit = kpi.unit();
        html.text(&format!(" {way} {} to {} (base {})", unit.change(kpi.change), unit.value(kpi.value), count(kpi.base)));
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
    let mut html = Html::default();
    for (kpis, said) in [
        (steady, "No evidence of a change: "),
        (small, "Too few answers, now or before, to tell: "),
        (first, "No month before to compare with: "),
    ] {
        if kpis.is_empty() {
            continue;
        }
        html.text(said);
        for (idx, kpi) in kpis.iter().take(N_NAMED).enumerate() {
            html.text(if idx > 0 { ", " } else { "" });
            name(&mut html, pack, kpi);
            html.text(&format!(" {} (base {})", kpi.unit().value(kpi.value), count(kpi.base)));
        }
        rest(&mut html, kpis.len(), "measure", "measures");
        html.text(" ");
    }
    if html.clone().finish().is_empty() {
        html.text("Every measure moved beyond what chance explains, or none was asked.");
    }
    html
}

fn hotline(pack: &Pack) -> Html {
    if pack.cases.is_empty() {
        return Html::of("No case in this month.");
    }
    let n_open = pack.cases.iter().filter(|case| case.is_open()).count();
    let n_past = pack.cases.iter().filter(|case| case.is_past(pack.record.clock())).count();
    let n_worst = pack.cases.iter().filter(|case| case.severity == Some(1)).count();
    let n_historical = pack.cases.iter().filter(|case| case.status == "historical").count();
    let historical = match n_historical {
        0 => String::new(),
        n => format!(" {} older than the limit when first seen and have no clock.", counted(n, "is", "are")),
    };
    Html::of(&format!(
        "{}, {} of severity 1; {} open, of which {} past the time to respond as of {} UTC.{historical}",
        counted(pack.cases.len(), "case", "cases"),
        count(n_worst as i64),
        count(n_open as i64),
        count(n_past as i64),
        time(Some(pack.record.clock())),
    ))
}

fn biggest(pack: &Pack) -> Html {
    let mut html = Html::default();
    for volume in &pack.volumes {
        let Some(theme) = pack.themes.iter().find(|theme| theme.source == volume.source) else { continue };
        html.text("In ").foreign(&theme.source).text(" “").foreign(pack.label(&theme.theme_id));
        html.text(&format!(
            "”: {} of {} responses ({}, mean sentiment {}). ",
            count(theme.responses),
            count(theme.base),
            Unit::Share.value(theme.share),
            sentiment(theme.sentiment)
        ));
    }
    if html.clone().finish().is_empty() {
        html.text("No clause lies near a theme.");
    }
    html
}

fn growing(pack: &Pack) -> Html {
    if pack.is_first_month {
        return Html::of("This is the first month: every theme is new, and nothing can grow yet.");
    }
    let mut html = Html::default();
    let new: Vec<_> = pack.themes.iter().filter(|theme| pack.is_new(theme) && theme.responses >= MIN_NEW).collect();
    let growing: Vec<_> = pack
        .themes
        .iter()
        .filter(|theme| !pack.is_new(theme) && (theme.trend.as_deref() == Some("growing") || theme.verdict == Verdict::Up))
        .collect();
    for (mut themes, said, none) in [
        (new, "New: ", "No theme of three responses or more is new"),
        (growing, "Growing: ", "No known theme grows beyond what chance explains"),
    ] {
        if themes.is_empty() {
            html.text(none).text(". ");
            continue;
        }
        themes.sort_by(|a, b| (b.responses, &a.theme_id).cmp(&(a.responses, &b.theme_id)));
        html.text(said);
        for (idx, theme) in themes.iter().take(N_NAMED).enumerate() {
            html.text(if idx > 0 { ", “" } else { "“" }).foreign(pack.label(&theme.theme_id));
            html.text(&format!("” ({} of {} in ", count(theme.responses), count(theme.base))).foreign(&theme.source).text(")");
        }
        rest(&mut html, themes.len(), "theme", "themes");
        html.text(" ");
    }
    html
}

/// Goals that are missed, initiatives that fall short, profitable detractors and silent accounts: who has to decide, on what.
fn decision(pack: &Pack) -> Html {
    let mut html = Html::default();
    let mut n = 0;
    let mut part = |html: &mut Html| {
        html.text(if n > 0 { " " } else { "" });
        n += 1;
    };
    let missed: Vec<&Kpi> = pack.kpis_now().chain(pack.means_now()).filter(|kpi| kpi.status.as_deref() == Some("missed")).collect();
    if !missed.is_empty() {
        part(&mut html);
        html.text("Goals missed: ");
        for (idx, kpi) in missed.iter().take(N_NAMED).enumerate() {
            html.text(if idx > 0 { ", " } else { "" });
            name(&mut html, pack, kpi);
            html.text(&format!(" {} against {}", kpi.unit().value(kpi.value), kpi.unit().value(kpi.goal)));
            if let Some(owner) = &kpi.owner {
                html.text(" (").foreign(owner.split(',').next().unwrap_or_default()).text(")");
            }
        }
        rest(&mut html, missed.len(), "measure", "measures");
    }
    let short: Vec<_> = pack.initiatives.iter().filter(|initiative| initiative.verdict.as_deref() == Some("short")).collect();
    if !short.is_empty() {
        part(&mut html);
        html.text("Falling short of what was promised: ");
        for (idx, initiative) in short.iter().take(N_NAMED).enumerate() {
            html.text(if idx > 0 { ", “" } else { "“" }).foreign(initiative.name()).text("”");
        }
        rest(&mut html, short.len(), "initiative", "initiatives");
    }
    let detractors = pack.accounts.iter().filter(|account| account.cell.as_deref() == Some("C")).count();
    let silent = pack.accounts.iter().filter(|account| account.silent_waves >= 2).count();
    let of_accounts: Vec<String> = [
        (detractors, "profitable account is a detractor", "profitable accounts are detractors"),
        (silent, "account is silent", "accounts are silent"),
    ]
    .into_iter()
    .filter(|(n, ..)| *n > 0)
    .map(|(n, one, more)| counted(n, one, more))
    .collect();
    if !of_accounts.is_empty() {
        part(&mut html);
        html.text(&of_accounts.join(" and ")).text(".");
    }
    if pack.is_first_month && pack.kpis_now().any(|kpi| kpi.goal.is_none()) {
        part(&mut html);
        html.text("Goals: this is the baseline month, and goals that it could tell are proposed below the areas.");
    }
    let leaning: Vec<&Kpi> = pack
        .kpis_now()
        .filter(|kpi| kpi.area.is_none() && kpi.largest_account_share.is_some_and(|share| share > super::areas::LEANS_ON_ONE))
        .collect();
    if let Some(kpi) = leaning.first() {
        part(&mut html);
        name(&mut html, pack, kpi);
        html.text(&format!(" leans on one account, which gave {} of the answers.", Unit::Share.value(kpi.largest_account_share)));
    }
    if n == 0 {
        html.text("No goal is missed, no initiative falls short, and no profitable account is a detractor or silent.");
    }
    html
}

/// The name of a figure, with its source where there is more than one with figures.
fn name(html: &mut Html, pack: &Pack, kpi: &Kpi) {
    html.foreign(&kpi.name());
    if pack.kpis_now().any(|other| other.source != kpi.source) {
        html.text(" in ").foreign(&kpi.source);
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
