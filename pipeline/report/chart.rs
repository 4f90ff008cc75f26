//! How does a figure look as a drawing?
//!
//! Small SVG drawings inside the page, by `plotters`. Every one stands beside its figures, so nothing is told by a drawing alone, and tells
//! by place, length and dashes, never by colour alone. Names never go into a drawing: figures and months are all that stands there.

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea as _};
use plotters::element::{Circle, PathElement, Rectangle, Text};
use plotters::prelude::SVGBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, FontStyle, IntoFont as _, RGBColor, ShapeStyle, TextStyle};

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

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Plot<'a, 'b> = ChartContext<'b, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// Units of a drawing for one pixel of the page: its places are whole units.
const UNITS: i32 = 4;
const WIDTH: i32 = 240 * UNITS;
const HEIGHT: i32 = 108 * UNITS;
const TOP: i32 = 22 * UNITS;
const BOTTOM: i32 = 84 * UNITS;
const SIDE: i32 = 42 * UNITS;

/// The colours of figures, of what surrounds them, and of lines. The style sheets name them again, for dark screens and for dashes.
const INK: RGBColor = RGBColor(0x14, 0x48, 0x7a);
const LABEL: RGBColor = RGBColor(0x1b, 0x27, 0x33);
const SOFT: RGBColor = RGBColor(0x55, 0x61, 0x6d);
const BAND: RGBColor = RGBColor(0x8f, 0xa3, 0xb5);
const LINE: RGBColor = RGBColor(0xc9, 0xd1, 0xd9);
const GROUND: RGBColor = RGBColor(0xff, 0xff, 0xff);

/// From this number of months on only the ends are labelled: more labels would touch each other at 240 pixels.
const MAX_LABELS: usize = 5;

/// A line over the months, each with its interval, and the goal as dashes; its axis is cut to what is shown. No value at all: nothing.
pub(crate) fn trend(html: &mut Html, name: &str, unit: Unit, points: &[Point], goal: Option<f64>) {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
    let values = || points.iter().flat_map(|p| [p.value, p.low, p.high]).flatten().chain(goal);
    let (lowest, highest) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    if points.iter().all(|point| point.value.is_none()) {
        return;
    }
    let highest = if highest > lowest { highest } else { lowest + 1.0 };
    let n_steps = f64::from(last.month.since(first.month));
    let months = if n_steps > 0.0 { 0.0..n_steps } else { -1.0..1.0 };
    let svg = drawing((WIDTH, HEIGHT), |area| {
        let mut plot = ChartBuilder::on(area)
            .margin_left(SIDE)
            .margin_right(SIDE)
            .margin_top(TOP)
            .margin_bottom(HEIGHT - BOTTOM)
            .build_cartesian_2d(months.clone(), lowest..highest)?;
        line(area, [(SIDE - 16 * UNITS, BOTTOM + 4 * UNITS), (WIDTH - SIDE + 16 * UNITS, BOTTOM + 4 * UNITS)], LINE, UNITS)?;
        if let Some(goal) = goal {
            let (_, y) = plot.backend_coord(&(0.0, goal));
            line(area, [(SIDE - 16 * UNITS, y), (WIDTH - SIDE + 16 * UNITS, y)], SOFT, UNITS)?;
            area.draw(&Text::new("goal", (SIDE - 18 * UNITS, y), style(&SOFT, 10, (HPos::Right, VPos::Center), FontStyle::Normal)))?;
        }
        let at = |point: &Point| f64::from(point.month.since(first.month));
        for pair in points.windows(2) {
            if let [a @ Point { value: Some(from), .. }, b @ Point { value: Some(to), .. }] = pair {
                plot.draw_series([PathElement::new(vec![(at(a), *from), (at(b), *to)], INK.stroke_width(2 * UNITS as u32))])?;
            }
        }
        for (idx, point) in points.iter().enumerate() {
            let is_labelled = points.len() <= MAX_LABELS || idx == 0 || idx + 1 == points.len();
            month(area, &mut plot, unit, (at(point), point), is_labelled, goal)?;
        }
        Ok(())
    });
    html.raw("<svg class=\"trend\" viewBox=\"0 0 960 432\" role=\"img\"")
        .attribute("aria-label", &format!("{name} over {} months", points.len()))
        .raw(">")
        .drawing(&svg)
        .raw("</svg>\n");
}

fn month(area: &Area<'_>, plot: &mut Plot<'_, '_>, unit: Unit, (x, point): (f64, &Point), is_labelled: bool, goal: Option<f64>) -> Drawn {
    if let (Some(low), Some(high)) = (point.low, point.high) {
        plot.draw_series([PathElement::new(vec![(x, low), (x, high)], BAND.stroke_width(6))])?;
    }
    if let Some(value) = point.value {
        plot.draw_series([Circle::new((x, value), 13, INK.filled())])?;
        if is_labelled {
            let (x, y) = plot.backend_coord(&(x, point.high.unwrap_or(value)));
            let said = unit.value(point.value);
            let goal = goal.map(|goal| plot.backend_coord(&(0.0, goal)).1);
            if goal.is_some_and(|goal| (y - 14 * UNITS..y).contains(&goal)) {
                // The dashes of the goal would cross the figure out.
                let half = 7 * said.chars().count() as i32 * UNITS / 2;
                area.draw(&Rectangle::new([(x - half, y - 14 * UNITS), (x + half, y - UNITS)], GROUND.filled()))?;
            }
            area.draw(&Text::new(said, (x, y - 2 * UNITS), style(&LABEL, 11, (HPos::Center, VPos::Bottom), FontStyle::Bold)))?;
        }
    }
    if is_labelled {
        let (x, _) = plot.backend_coord(&(x, 0.0));
        let said = short_month(point.month);
        area.draw(&Text::new(said, (x, HEIGHT - 2 * UNITS), style(&SOFT, 11, (HPos::Center, VPos::Bottom), FontStyle::Normal)))?;
    }
    Ok(())
}

/// A value with its interval on a scale from `from` to `to`. No value: nothing.
pub(crate) fn interval(html: &mut Html, (from, to): (f64, f64), value: Option<f64>, low: Option<f64>, high: Option<f64>) {
    let Some(value) = value else { return };
    let x = |value: f64| 16 + (448.0 * ((value - from) / (to - from)).clamp(0.0, 1.0)).round() as i32;
    let svg = drawing((480, 56), |area| {
        line(area, [(16, 28), (464, 28)], LINE, UNITS)?;
        if let (Some(low), Some(high)) = (low, high) {
            line(area, [(x(low), 28), (x(high), 28)], BAND, 6 * UNITS)?;
        }
        area.draw(&Circle::new((x(value), 28), 14, INK.filled()))
    });
    html.raw("<svg class=\"interval\" viewBox=\"0 0 480 56\" aria-hidden=\"true\">").drawing(&svg).raw("</svg>");
}

/// How something parts in three, as one bar: dark, pale, and of middle darkness. Nothing at all: no bar.
pub(crate) fn parts(html: &mut Html, counts: [i64; 3]) {
    let all: i64 = counts.iter().sum();
    if all <= 0 {
        return;
    }
    let svg = drawing((480, 40), |area| {
        let mut until = 0;
        let mut from = 0;
        for (count, colour) in counts.into_iter().zip([INK, LINE, BAND]) {
            until += count;
            let to = (480 * until / all) as i32;
            if to > from {
                area.draw(&Rectangle::new([(from, 0), (to, 40)], colour.filled()))?;
            }
            from = to;
        }
        Ok(())
    });
    html.raw("<svg class=\"parts\" viewBox=\"0 0 480 40\" aria-hidden=\"true\">").drawing(&svg).raw("</svg>");
}

fn line(area: &Area<'_>, ends: [(i32, i32); 2], colour: RGBColor, width: i32) -> Drawn {
    let style: ShapeStyle = colour.stroke_width(width as u32);
    area.draw(&PathElement::new(ends, style))
}

fn style(colour: &RGBColor, pixels: i32, (across, up): (HPos, VPos), style: FontStyle) -> TextStyle<'_> {
    // plotters writes 1/1.24 of the size that it is given.
    let font = ("sans-serif", 1.24 * f64::from(pixels * UNITS)).into_font().style(style);
    TextStyle::from(font).color(colour).pos(Pos::new(across, up))
}

/// What stands inside an `svg` element.
fn drawing(size: (i32, i32), draw: impl FnOnce(&Area<'_>) -> Drawn) -> String {
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, (size.0 as u32, size.1 as u32)).into_drawing_area();
    draw(&area).and_then(|()| area.present()).expect("drawing into a string does not fail");
    drop(area);
    let (_, inside) = svg.split_once(">\n").unwrap_or_default();
    inside.trim_end().trim_end_matches("</svg>").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_shows_its_months_values_and_goal() {
        let point = |month: &str, value: Option<f64>| Point {
            month: Month::parse(month).unwrap(),
            value,
            low: value.map(|v| v - 5.0),
            high: value.map(|v| v + 5.0),
        };
        let drawn = |points: &[Point], goal| {
            let mut html = Html::default();
            trend(&mut html, "\"NPS\" <b>", Unit::Nps, points, goal);
            html.finish()
        };
        let all = [point("2026-07", Some(-28.6)), point("2026-08", None), point("2026-09", Some(-35.4))];
        let svg = drawn(&all, Some(-25.0));
        assert!(svg.contains("aria-label=\"&quot;NPS&quot; &lt;b&gt; over 3 months\""), "{svg}");
        for part in ["−28.6", "−35.4", "Jul 26", "Aug 26", "Sep 26", ">\ngoal\n"] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        assert_eq!(svg.matches("<circle").count(), 2, "a month without a value has no point");
        assert_eq!((svg.matches("<svg").count(), svg.matches("</svg>").count()), (1, 1));
        assert_eq!(svg, drawn(&all, Some(-25.0)), "the same figures, the same bytes");
        assert!(!drawn(&all, None).contains("goal"));
        let alone = drawn(&[point("2026-09", Some(1.0))], None);
        let (_, x) = alone.split_once("cx=\"").unwrap();
        let x: i32 = x.split_once('"').unwrap().0.parse().unwrap();
        assert!((479..=481).contains(&x), "one month stands in the middle: {x}");
        assert_eq!(drawn(&[point("2026-09", None)], None), "");
    }

    #[test]
    fn parts_fill_their_bar() {
        let drawn = |counts| {
            let mut html = Html::default();
            parts(&mut html, counts);
            html.finish()
        };
        assert_eq!(drawn([0, 0, 0]), "");
        assert_eq!(drawn([1, 0, 0]).matches("<rect").count(), 1);
        let svg = drawn([3, 1, 4]);
        assert!(svg.contains("x=\"0\" y=\"0\" width=\"180\"") && svg.contains("x=\"240\" y=\"0\" width=\"240\""), "{svg}");
    }
}
