//! Is it a telephone number?
//!
//! Written forms are tried from the surest to the vaguest; each tells how many groups it takes. The vague
//! ones need a word such as "call" before them, and all but "+" numbers give way to "order number" and its like.

mod cue;

use cue::Cue;

use super::digits::{Group, Number, Separator, char_at, char_before, is_open_before, is_open_behind, values};

/// The telephone number that starts with the first digit of `number`, its "+", opening bracket and extension included.
pub(super) fn find(text: &str, number: &Number) -> Option<(usize, usize)> {
    if number.n_digits() < 7 {
        return None;
    }
    let at = number.start();
    let opening = Opening::before(text, at)?;
    let candidate = Candidate { text, groups: number.groups(), cue: Cue::before(text, opening.start), in_bracket: opening.in_bracket };
    let n = if opening.plus { candidate.international(0) } else { candidate.without_plus() }?;
    let end = candidate.groups.get(n.checked_sub(1)?)?.end;
    // "(415 555 2671)": the bracket stays when it holds the whole number.
    let start =
        if opening.in_bracket && !closes_inside(candidate.groups.get(..n)?) { bracket_end(text, opening.start) } else { opening.start };
    let end = extension_end(text, end).unwrap_or(end);
    is_open_behind(text, end).then_some((start, end))
}

fn closes_inside(groups: &[Group]) -> bool {
    groups.iter().skip(1).map(|g| g.before).find(|b| matches!(b, Separator::Open | Separator::Close)) == Some(Separator::Close)
}

fn bracket_end(text: &str, start: usize) -> usize {
    start + usize::from(char_at(text, start) == Some('('))
}

/// What belongs to a number before its first digit.
struct Opening {
    start: usize,
    plus: bool,
    in_bracket: bool,
}

impl Opening {
    fn before(text: &str, at: usize) -> Option<Self> {
        let mut start = at;
        let plus = text.get(..start)?.ends_with('+');
        start -= usize::from(plus);
        let in_bracket = text.get(..start)?.ends_with('(');
        start -= usize::from(in_bracket);
        let open = match char_before(text, start) {
            None => true,
            _ if plus || in_bracket => {
                !char_before(text, start).is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '+' | '$' | '€' | '£'))
            }
            _ => is_open_before(text, start),
        };
        open.then_some(Self { start, plus, in_bracket })
    }
}

struct Candidate<'a> {
    text: &'a str,
    groups: &'a [Group],
    cue: Cue,
    in_bracket: bool,
}

impl Candidate<'_> {
    fn without_plus(&self) -> Option<usize> {
        if self.follows_digits() && self.first().starts_with('0') {
            return None;
        }
        if self.first().starts_with("00") && !self.first().starts_with("000") && self.cue != Cue::Other {
            return self.international(2);
        }
        if self.cue == Cue::Other {
            return None;
        }
        self.north_american().or_else(|| self.with_trunk_zero()).or_else(|| self.other_groupings()).or_else(|| self.after_cue())
    }

    /// Whether digits and a space stand before: then a group that starts with 0 is the inside of a longer code.
    fn follows_digits(&self) -> bool {
        let before = self.groups.first().and_then(|g| self.text.get(..g.start)).and_then(|t| t.strip_suffix(' '));
        before.is_some_and(|t| t.ends_with(|c: char| c.is_ascii_digit()))
    }

    fn first(&self) -> &str {
        self.groups.first().and_then(|g| self.text.get(g.start..g.end)).unwrap_or_default()
    }

    fn digit(&self, group: usize, i: usize) -> u8 {
        self.groups.get(group).and_then(|g| self.text.as_bytes().get(g.start + i)).copied().unwrap_or_default()
    }

    fn sizes(&self) -> ([usize; 10], usize) {
        let mut sizes = [0; 10];
        for (size, group) in sizes.iter_mut().zip(self.groups) {
            *size = group.len();
        }
        (sizes, self.groups.len())
    }

    /// A calling code and at most as many digits as its numbers have; `n_skip` digits of "00" stand before.
    fn international(&self, n_skip: usize) -> Option<usize> {
        let code = self.groups.iter().flat_map(|g| self.text.as_bytes().get(g.start..g.end).unwrap_or_default()).skip(n_skip);
        let (mut prefix, mut n_prefix) = (0, 0);
        for digit in code.take(3) {
            prefix = prefix * 10 + u32::from(digit - b'0');
            n_prefix += 1;
        }
        if n_prefix < 3 || prefix < 100 {
            return None;
        }
        let max = max_digits(prefix);
        // North American numbers have one length; "00" stands before luggage tags and other codes too.
        let min = match prefix {
            100..200 => 11,
            _ if n_skip > 0 => 9,
            _ => 8,
        };
        let (mut n_digits, mut best) = (0_usize, None);
        for (i, group) in self.groups.iter().enumerate() {
            let trunk = group.before == Separator::Open && i > 0 && group.len() == 1 && self.digit(i, 0) == b'0';
            n_digits += if trunk { 0 } else { group.len() };
            if n_digits > max + n_skip || i > 0 && n_digits > max + n_skip - 1 && group.len() == 1 && !trunk {
                break;
            }
            if n_digits >= min + n_skip {
                best = Some(i + 1);
            }
        }
        best
    }

    /// (415) 555-2671, 1-800-555-2671, 4155552671.
    fn north_american(&self) -> Option<usize> {
        let (sizes, n) = self.sizes();
        let sizes = sizes.get(..n)?;
        let (area, exchange, n_groups) = match sizes {
            [3, 3, 4, ..] => ((0, 0), (1, 0), 3),
            [1, 3, 3, 4, ..] if self.digit(0, 0) == b'1' => ((1, 0), (2, 0), 4),
            [1, 10, ..] if self.digit(0, 0) == b'1' => ((1, 0), (1, 3), 2),
            [1, 3, 7, ..] if self.digit(0, 0) == b'1' => ((1, 0), (2, 0), 3),
            [3, 7, ..] => ((0, 0), (1, 0), 2),
            [6, 4, ..] => ((0, 0), (0, 3), 2),
            [10, ..] => ((0, 0), (0, 3), 1),
            [11, ..] if self.digit(0, 0) == b'1' => ((0, 1), (0, 4), 1),
            _ => return None,
        };
        // A key held down is no number.
        let groups = self.groups.get(..n_groups)?;
        let mut all = values(self.text, groups);
        let first = all.next()?;
        if all.all(|d| d == first) {
            return None;
        }
        let valid = self.digit(area.0, area.1) >= b'2' && self.digit(exchange.0, exchange.1) >= b'2';
        valid.then_some(n_groups)
    }

    /// 030 1234567, 089/123456, 06 12 34 56 78, 07700 900123: national numbers of Europe, Australia, Japan.
    fn with_trunk_zero(&self) -> Option<usize> {
        let first = self.groups.first()?;
        if self.digit(0, 0) != b'0' || self.digit(0, 1) == b'0' || first.len() < 2 || first.len() > 12 {
            return None;
        }
        let (mut n_digits, mut best) = (0, None);
        for (i, group) in self.groups.iter().enumerate() {
            n_digits += group.len();
            let fits = match group.before {
                _ if i == 0 => true,
                Separator::Slash => i == 1 && first.len() >= 3,
                Separator::Open => false,
                Separator::Close => i == 1 && self.in_bracket,
                _ => group.len() >= 2 && !(n_digits > 11 && i > 1 && Some(group.before) != self.groups.get(i - 1).map(|g| g.before)),
            };
            if !fits || n_digits > 12 {
                break;
            }
            if n_digits >= 9 {
                best = Some(i + 1);
            }
        }
        let n = best?;
        let bare = n == 1 && !(10..=11).contains(&first.len()) && self.cue != Cue::Phone;
        (!bare && !self.looks_like_date()).then_some(n)
    }

    /// Numbers without a trunk zero: Spain's and Portugal's nine digits, India's 5-5, a bracketed area code.
    fn other_groupings(&self) -> Option<usize> {
        let (sizes, n) = self.sizes();
        let n_groups = match sizes.get(..n)? {
            [3, 3, 3, ..] => 3,
            [3, 2, 2, 2, ..] | [2, 3, 2, 2, ..] => 4,
            [5, 5, ..] => 2,
            [2..=4, 4..=5, 4, ..] | [2..=4, 3, 4, ..] if self.in_bracket && self.groups.get(1)?.before == Separator::Close => 3,
            _ => return None,
        };
        if self.in_bracket && self.groups.get(1)?.before == Separator::Close {
            return Some(n_groups);
        }
        let later = self.groups.get(1..n_groups)?;
        let uniform = later.windows(2).all(|w| matches!(w, [a, b] if a.before == b.before));
        let plain = matches!(later.first()?.before, Separator::Space | Separator::Dash);
        let start = self.digit(0, 0);
        let amount = matches!(text_behind(self.text, later.last()?.end), Some('$' | '€' | '£' | '%'));
        (uniform && plain && start >= b'6' && !amount && n_groups >= 2).then_some(n_groups)
    }

    /// Any 7 to 15 digits after a word such as "call".
    fn after_cue(&self) -> Option<usize> {
        if self.cue != Cue::Phone || self.looks_like_date() {
            return None;
        }
        let (mut n_digits, mut best) = (0, None);
        for (i, group) in self.groups.iter().enumerate() {
            let before = self.groups.get(i.wrapping_sub(1)).map_or(group.before, |g| g.before);
            let joins = i == 0 || n_digits < 7 || group.before == before && i > 1 && group.len() > 1;
            n_digits += group.len();
            if !joins || n_digits > 15 {
                break;
            }
            if n_digits >= 7 {
                best = Some(i + 1);
            }
        }
        let n = best?;
        let (sizes, _) = self.sizes();
        let sizes = sizes.get(..n)?;
        let years = self.first().starts_with("19") || self.first().starts_with("20");
        let short = sizes.iter().filter(|size| **size < 2).count() > 1;
        let other = matches!(sizes, [5, 4]) || years && matches!(sizes, [4, 4] | [8]) || short;
        (!other).then_some(n)
    }

    /// 12/05/2019, 01.02.2019 10, 2019-05-12.
    fn looks_like_date(&self) -> bool {
        let (sizes, n) = self.sizes();
        let year = |group: usize| {
            (self.digit(group, 0), self.digit(group, 1)) == (b'1', b'9') || (self.digit(group, 0), self.digit(group, 1)) == (b'2', b'0')
        };
        match sizes.get(..n) {
            Some([1..=2, 1..=2, 4, ..]) => year(2),
            Some([4, 1..=2, 1..=2, ..]) => year(0),
            Some([1..=2, 1..=2, 2, ..]) => matches!(self.groups.get(1).map(|g| g.before), Some(Separator::Slash)),
            _ => false,
        }
    }
}

fn text_behind(text: &str, end: usize) -> Option<char> {
    text.get(end..)?.trim_start_matches(' ').chars().next()
}

/// Most digits of a number, calling code included; prefixes of three digits.
fn max_digits(prefix: u32) -> usize {
    match prefix {
        100..=199 | 700..=799 | 330..=339 | 340..=349 | 310..=319 | 410..=419 | 480..=489 | 610..=619 | 640..=649 => 11,
        440..=449 | 910..=919 | 520..=529 | 320..=329 | 351..=353 | 390..=399 | 810..=819 | 971 | 972 => 12,
        450..=459 | 470..=479 | 650..=659 => 10,
        490..=499 | 430..=439 | 460..=469 | 550..=559 | 860..=869 => 13,
        _ => 14,
    }
}

/// " ext. 123", " x123", "#12" behind a number.
fn extension_end(text: &str, end: usize) -> Option<usize> {
    let rest = text.get(end..)?;
    let trimmed = rest.trim_start_matches([' ', ',']);
    if rest.len() - trimmed.len() > 2 {
        return None;
    }
    let word = ["extension", "extn", "ext", "x", "#", "durchwahl", "poste"]
        .iter()
        .find(|w| trimmed.get(..w.len()).is_some_and(|t| t.eq_ignore_ascii_case(w)))?;
    let behind = trimmed.get(word.len()..)?;
    let digits = behind.trim_start_matches(['.', ':', ' ']);
    let n = digits.bytes().take_while(u8::is_ascii_digit).count();
    let end = text.len() - digits.len() + n;
    ((1..=6).contains(&n) && behind.len() - digits.len() <= 2 && is_open_behind(text, end)).then_some(end)
}
