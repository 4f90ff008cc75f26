//! Which themes weigh most, and which move?
//!
//! The table of themes goes by volume; here they go by what they do to NPS and to the best point of overall satisfaction, and by how their share moved.

use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::number::{NOT_GIVEN, Unit, count, signed};
use super::pack::Pack;
use super::theme::Figures;
use crate::schema::{THEME_MONTH, theme_month as col};

/// Themes each way.
const N_EACH_WAY: usize = 5;

/// A figure with its interval.
type Told = [Option<f64>; 3];

/// Writes the themes of a source by impact, and by growth.
pub(super) fn write(html: &mut Html, pack: &Pack, source: &str, themes: &[&Figures]) {
    by_impact(html, pack, source, themes);
    by_growth(html, pack, source, themes);
}

fn on_nps(theme: &Figures) -> Told {
    [theme.impact, theme.impact_low, theme.impact_high]
}

/// Points, written with their interval; one whose interval holds zero stands in brackets.
pub(super) fn impact(told: Told) -> String {
    let Some(points) = told[0] else { return NOT_GIVEN.to_owned() };
    if is_told(told) { signed(points, 1) } else { format!("({})", signed(points, 1)) }
}

fn is_told(told: Told) -> bool {
    matches!(told, [_, Some(low), Some(high)] if low > 0.0 || high < 0.0)
}

/// What themes weigh on.
struct Weighed {
    heading: &'static str,
    column: &'static str,
    of: fn(&Figures) -> Told,
}

const WEIGHED: [Weighed; 2] = [
    Weighed { heading: "Impact on NPS", column: "nps_impact", of: on_nps },
    Weighed { heading: "Impact on top box", column: "top_box_impact", of: |theme| theme.top_box_impact },
];

fn by_impact(html: &mut Html, pack: &Pack, source: &str, themes: &[&Figures]) {
    let known: Vec<&Weighed> = WEIGHED.iter().filter(|on| themes.iter().any(|theme| is_told((on.of)(theme)))).collect();
    let Some(first) = known.first() else { return };
    let weight = |theme: &Figures| known.iter().find_map(|on| Some((on.of)(theme)).filter(|told| is_told(*told))?[0]).unwrap_or_default();
    let mut told: Vec<&&Figures> = themes.iter().filter(|theme| known.iter().any(|on| is_told((on.of)(theme)))).collect();
    told.sort_by(|a, b| weight(a).total_cmp(&weight(b)).then_with(|| a.theme_id.cmp(&b.theme_id)));
    let n_weighing = told.iter().filter(|theme| weight(theme) < 0.0).count();
    let carrying = told.split_off(n_weighing);
    let shown = told.into_iter().take(N_EACH_WAY).chain(carrying.into_iter().rev().take(N_EACH_WAY).rev());
    let origin = origin(pack, source).ending(&format!("ORDER BY {}", first.column));
    let mut columns = vec![("Theme", Align::Words)];
    for on in &known {
        columns.extend([(on.heading, Align::Figures), ("95% interval", Align::Figures)]);
    }
    columns.push(("Share of responses", Align::Figures));
    let mut grid = Grid::new("By impact: what weighs most, and what carries", origin, &columns);
    for theme in shown {
        let mut cells = vec![name(pack, theme)];
        for on in &known {
            let told = (on.of)(theme);
            let ends = told[1]
                .zip(told[2])
                .map_or_else(|| NOT_GIVEN.to_owned(), |(low, high)| format!("{} to {}", signed(low, 1), signed(high, 1)));
            cells.extend([Html::of(&impact(told)), Html::of(&ends)]);
        }
        cells.push(Html::of(&Unit::Share.value(theme.share)));
        grid.row(cells);
    }
    grid.write(html);
    html.raw("<p class=\"note\">Impact: points that NPS, or percentage points that the share of the best answer to overall satisfaction, would lose (or gain) without the theme, other themes being as they are, over three months; in brackets where its interval holds zero. No proof of cause.</p>\n");
}

fn by_growth(html: &mut Html, pack: &Pack, source: &str, themes: &[&Figures]) {
    let moves = |theme: &&&Figures| theme.verdict.is_real() || matches!(theme.trend.as_deref(), Some("growing" | "fading"));
    let mut moving: Vec<&&Figures> = themes.iter().filter(moves).collect();
    if pack.is_first_month {
        return;
    }
    if moving.is_empty() {
        html.raw("<p class=\"note\">By growth: no share moved beyond what chance explains.</p>\n");
        return;
    }
    let change = |theme: &Figures| theme.change.unwrap_or_default();
    moving.sort_by(|a, b| change(b).total_cmp(&change(a)).then_with(|| a.theme_id.cmp(&b.theme_id)));
    let n_up = moving.iter().filter(|theme| change(theme) >= 0.0).count();
    let down = moving.split_off(n_up);
    let shown = moving.into_iter().take(N_EACH_WAY).chain(down.into_iter().rev().take(N_EACH_WAY).rev());
    let columns = [
        ("Theme", Align::Words),
        ("Change of share", Align::Figures),
        ("Share of responses", Align::Figures),
        ("Responses of base", Align::Figures),
        ("Since the month before", Align::Terms),
        ("Over three months", Align::Terms),
    ];
    let mut grid = Grid::new("By growth: what moved beyond chance", origin(pack, source).ending("ORDER BY share_change DESC"), &columns);
    for theme in shown {
        grid.row(vec![
            name(pack, theme),
            Html::of(&Unit::Share.change(theme.change)),
            Html::of(&Unit::Share.value(theme.share)),
            Html::of(&format!("{} of {}", count(theme.responses), count(theme.base))),
            super::areas::verdict(theme.verdict),
            Html::of(theme.trend.as_deref().unwrap_or(NOT_GIVEN)),
        ]);
    }
    grid.write(html);
}

fn origin(pack: &Pack, source: &str) -> Origin {
    Origin::of(&THEME_MONTH).text(col::source, source).day(col::report_month, &pack.day()).text(col::dimension, "all")
}

fn name(pack: &Pack, theme: &Figures) -> Html {
    let mut name = Html::default();
    name.raw("<b>").foreign(pack.label(&theme.theme_id)).raw("</b>");
    name
}
