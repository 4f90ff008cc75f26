//! Is a number that of a payment card?

use super::digits::{Group, Number, Separator, is_open_before, is_open_behind, values};

/// The card that starts with the first digit of `number`: known issuer and length, Luhn's check passed.
pub(super) fn find(text: &str, number: &Number) -> Option<(usize, usize)> {
    if number.n_digits() < 13 || !may_start(text, number.start()) {
        return None;
    }
    let mut best: Option<(Fit, usize)> = None;
    let mut n_digits = 0;
    for (i, group) in number.groups().iter().enumerate() {
        n_digits += group.len();
        let groups = number.groups().get(..=i).expect("i is one of them");
        if n_digits > 19 || !is_grouping(groups) {
            break;
        }
        let Some(fit) = fit(text, groups, n_digits) else { continue };
        let ends = is_open_behind(text, group.end) || is_regular(groups) && !goes_on(text, group.end);
        if ends && passes_luhn(text, groups) && best.is_none_or(|(b, _)| fit >= b) {
            best = Some((fit, group.end));
        }
    }
    best.map(|(_, end)| (number.start(), end))
}

/// Cards are written behind "#" and "=" too.
fn may_start(text: &str, at: usize) -> bool {
    is_open_before(text, at) || at > 0 && matches!(text.as_bytes()[at - 1], b'#' | b'=' | b'*')
}

fn goes_on(text: &str, at: usize) -> bool {
    text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '@'))
}

/// Separators that cards have: spaces and dashes anywhere, others only between groups of four.
fn is_grouping(groups: &[Group]) -> bool {
    let Some((_, later)) = groups.split_first() else { return false };
    let plain = later.iter().all(|g| matches!(g.before, Separator::Space | Separator::Dash)) && groups.iter().all(|g| g.len() >= 2);
    plain
        || groups.iter().take(groups.len() - 1).all(|g| g.len() == 4)
            && !later.iter().any(|g| matches!(g.before, Separator::Open | Separator::Close))
}

/// Bare, or in fours, or as American Express and Diners Club print it.
fn is_regular(groups: &[Group]) -> bool {
    let fours = groups.iter().take(groups.len() - 1).all(|g| g.len() == 4);
    let printed = matches!(groups, [a, b, c] if a.len() == 4 && b.len() == 6 && (4..=5).contains(&c.len()));
    groups.len() == 1 || fours || printed
}

/// How sure a length is for an issuer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Possible,
    Usual,
}

fn fit(text: &str, groups: &[Group], n_digits: usize) -> Option<Fit> {
    if !(13..=19).contains(&n_digits) {
        return None;
    }
    let prefix = values(text, groups).take(4).fold(0, |p: u16, d| p * 10 + u16::from(d));
    let (usual, possible): (usize, &[usize]) = match prefix {
        // Visa.
        4000..=4999 => (16, &[13, 19]),
        // Mastercard, both series.
        5100..=5599 | 2221..=2720 => (16, &[]),
        // American Express.
        3400..=3499 | 3700..=3799 => (15, &[]),
        // Diners Club.
        3000..=3059 | 3095..=3099 | 3600..=3699 | 3800..=3999 => (14, &[16, 19]),
        // JCB.
        3528..=3589 => (16, &[17, 18, 19]),
        // Mir, Troy.
        2200..=2204 | 9792 => (16, &[17, 18, 19]),
        // Discover, UnionPay, RuPay, Maestro.
        6000..=6999 | 8100..=8299 => (16, &[13, 14, 15, 17, 18, 19]),
        5000..=5099 | 5600..=5899 => (16, &[13, 14, 15, 17, 18, 19]),
        _ => return None,
    };
    if n_digits == usual {
        return Some(Fit::Usual);
    }
    possible.contains(&n_digits).then_some(Fit::Possible)
}

/// The check digit of ISO/IEC 7812-1.
fn passes_luhn(text: &str, groups: &[Group]) -> bool {
    let sum: u32 = values(text, groups)
        .rev()
        .enumerate()
        .map(|(i, d)| match (i % 2, u32::from(d)) {
            (0, d) => d,
            (_, d) if d > 4 => 2 * d - 9,
            (_, d) => 2 * d,
        })
        .sum();
    sum.is_multiple_of(10)
}
