//! Is a number a US social security number?

use super::context::Backward;
use super::digits::{Group, Number, Separator, is_open_before, is_open_behind, values};

/// Nine digits as 3-2-4 in an area that is given out; after a cue in any grouping.
pub(super) fn find(text: &str, number: &Number) -> Option<(usize, usize)> {
    let groups = up_to_nine(number.groups())?;
    let end = groups.last()?.end;
    let start = number.start();
    if !is_open_behind(text, end) || !is_open_before(text, start) && !text.get(..start)?.ends_with(['#', '=']) {
        return None;
    }
    if let [_, second, third] = groups
        && [3, 2, 4] == [groups[0].len(), second.len(), third.len()]
        && second.before == third.before
        && !matches!(second.before, Separator::Open | Separator::Close | Separator::Slash)
        && is_given_out(text, groups)
    {
        return Some((start, end));
    }
    has_cue(text, start).then_some((start, end))
}

fn up_to_nine(groups: &[Group]) -> Option<&[Group]> {
    let mut n_digits = 0;
    let n = groups.iter().position(|g| {
        n_digits += g.len();
        n_digits >= 9
    })?;
    if n_digits == 9 { groups.get(..=n) } else { None }
}

/// Not area 000, 666 or 9xx, group 00, serial 0000.
fn is_given_out(text: &str, groups: &[Group]) -> bool {
    let number = values(text, groups).fold(0_u32, |n, d| n * 10 + u32::from(d));
    let (area, group, serial) = (number / 1_000_000, number / 10_000 % 100, number % 10_000);
    !matches!(area, 0 | 666 | 900..) && group != 0 && serial != 0
}

/// Whether one of the three words before says so.
fn has_cue(text: &str, at: usize) -> bool {
    let mut back = Backward::new(text, at);
    for _ in 0..4 {
        let Some(word) = back.next() else { return false };
        match word.as_str() {
            "ssn" | "ssns" | "ss" | "social" | "socialsecurity" | "itin" | "tin" => return true,
            "security" | "sec" => return back.next().is_some_and(|w| matches!(w.as_str(), "social" | "soc")),
            "number" | "numbers" | "no" | "num" | "nr" | "is" | "was" | "of" | "my" | "id" | "full" => {}
            _ => return false,
        }
    }
    false
}
