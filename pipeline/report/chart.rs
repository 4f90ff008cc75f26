//! How does a figure look as a drawing?
//!
//! Small SVG drawings inside the page. Every one stands beside its figures, so nothing is told by a drawing alone.

use super::html::Html;
use super::number::{Unit, short_month};
use crate::month::Month;

/// A month of a trend.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(crate) month: Month,
    pub(crate) value: Option<f64>,
    pub(crate) low: Option<f64>,
    pub(crate) high: Option<f64>,
}

const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 116.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 92.0;
const SIDE: f64 = 30.0;

/// From this number of months on only the ends are labelled: more labels would touch each other at 320 units.
const MAX_LABELS: usize = 6;

/// A line over the months, each with its interval; its axis is cut to what is shown. No value at all: nothing.
pub(crate) fn trend(html: &mut Html, name: &str, unit: Unit, points: &[Point]) {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
    let values = || points.iter().flat_map(|p| [p.value, p.low, p.high]).flatten();
    let (lowest, highest) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    if !lowest.is_finite() {
        return;
    }
    let span = if highest > lowest { highest - lowest } else { 1.0 };
    let n_steps = f64::from(last.month.since(first.month)).max(1.0);
    let x = |p: &Point| match points.len() {
        1 => WIDTH / 2.0,
        _ => SIDE + (WIDTH - 2.0 * SIDE) * f64::from(p.month.since(first.month)) / n_steps,
    };
    let y = |value: f64| BOTTOM - (BOTTOM - TOP) * (value - lowest) / span;
    html.raw("<svg class=\"trend\" viewBox=\"0 0 320 116\" role=\"img\"")
        .attribute("aria-label", &format!("{name} over {} months", points.len()))
        .raw(">");
    line(html, "axis", (SIDE - 16.0, BOTTOM + 4.0), (WIDTH - SIDE + 16.0, BOTTOM + 4.0));
    for pair in points.windows(2) {
        if let [Point { value: Some(a), .. }, Point { value: Some(b), .. }] = pair {
            line(html, "line", (x(&pair[0]), y(*a)), (x(&pair[1]), y(*b)));
        }
    }
    for (idx, point) in points.iter().enumerate() {
        let is_labelled = points.len() <= MAX_LABELS || idx == 0 || idx + 1 == points.len();
        if let (Some(low), Some(high)) = (point.low, point.high) {
            line(html, "whisker", (x(point), y(low)), (x(point), y(high)));
        }
        if let Some(value) = point.value {
            html.raw("<circle r=\"3.2\"").place("cx", x(point)).place("cy", y(value)).raw("/>");
            if is_labelled {
                label(html, "value", (x(point), y(point.high.unwrap_or(value)) - 6.0), &unit.value(point.value));
            }
        }
        if is_labelled {
            label(html, "month", (x(point), HEIGHT - 6.0), &short_month(point.month));
        }
    }
    html.raw("</svg>\n");
}

/// A value with its interval on a scale from `from` to `to`. No value: nothing.
pub(crate) fn interval(html: &mut Html, (from, to): (f64, f64), value: Option<f64>, low: Option<f64>, high: Option<f64>) {
    let Some(value) = value else { return };
    let x = |value: f64| 4.0 + 112.0 * ((value - from) / (to - from)).clamp(0.0, 1.0);
    html.raw("<svg class=\"interval\" viewBox=\"0 0 120 14\" aria-hidden=\"true\">");
    line(html, "axis", (4.0, 7.0), (116.0, 7.0));
    if let (Some(low), Some(high)) = (low, high) {
        line(html, "band", (x(low), 7.0), (x(high), 7.0));
    }
    html.raw("<circle r=\"3.4\" cy=\"7\"").place("cx", x(value)).raw("/></svg>");
}

fn line(html: &mut Html, class: &'static str, from: (f64, f64), to: (f64, f64)) {
    html.raw("<line").attribute("class", class).place("x1", from.0).place("y1", from.1).place("x2", to.0).place("y2", to.1).raw("/>");
}

fn label(html: &mut Html, class: &'static str, at: (f64, f64), text: &str) {
    html.raw("<text").attribute("class", class).place("x", at.0).place("y", at.1).raw(">").text(text).raw("</text>");
}
