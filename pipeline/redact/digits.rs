//! Which digits belong together, and what stands around them?

/// Groups of digits with short separators between them: what cards, telephone and social security numbers are made of.
#[derive(Debug)]
pub(super) struct Number {
    groups: [Group; MAX_GROUPS],
    n_groups: usize,
}

/// A run of digits and the separator before it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
    /// What parts it from the group before; for the first group it means nothing.
    pub(super) before: Separator,
}

impl Group {
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }
}

/// What stands between two groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Separator {
    /// One space.
    #[default]
    Space,
    /// A hyphen or a dash.
    Dash,
    /// A full stop.
    Dot,
    /// A slash.
    Slash,
    /// An opening bracket, with or without a space.
    Open,
    /// A closing bracket, with or without a space, dash, dot or slash behind it.
    Close,
    /// Two spaces, or a dash or slash with spaces around it.
    Wide,
}

/// Longer numbers are read up to here: no identifier has more groups.
const MAX_GROUPS: usize = 10;

impl Number {
    /// The number whose first run of digits starts at `at`; none when `at` is inside a run or no digit.
    pub(super) fn read(text: &str, at: usize) -> Option<Self> {
        let bytes = text.as_bytes();
        if !bytes.get(at)?.is_ascii_digit() || at > 0 && bytes[at - 1].is_ascii_digit() {
            return None;
        }
        let mut number = Self { groups: [Group::default(); MAX_GROUPS], n_groups: 0 };
        let (mut start, mut before) = (at, Separator::Space);
        while number.n_groups < MAX_GROUPS {
            let end = digits_end(bytes, start);
            number.groups[number.n_groups] = Group { start, end, before };
            number.n_groups += 1;
            match separator(bytes, end) {
                Some((separator, next)) => (start, before) = (next, separator),
                None => break,
            }
        }
        Some(number)
    }

    /// Its groups: at least one.
    pub(super) fn groups(&self) -> &[Group] {
        self.groups.get(..self.n_groups).expect("never more than MAX_GROUPS")
    }

    /// Where its first digit is.
    pub(super) fn start(&self) -> usize {
        self.groups[0].start
    }

    /// How many digits all groups have.
    pub(super) fn n_digits(&self) -> usize {
        self.groups().iter().map(Group::len).sum()
    }
}

/// The digits of `groups`, in order, as values 0 to 9.
pub(super) fn values<'a>(text: &'a str, groups: &'a [Group]) -> impl DoubleEndedIterator<Item = u8> + 'a {
    groups.iter().flat_map(|g| text.as_bytes().get(g.start..g.end).unwrap_or_default()).map(|b| b.wrapping_sub(b'0'))
}

/// One past the run of digits that starts at `start`; runs of more than 40 digits are cut, which no identifier has.
fn digits_end(bytes: &[u8], start: usize) -> usize {
    start + bytes.iter().skip(start).take(40).take_while(|b| b.is_ascii_digit()).count()
}

/// The separator at `at` and where the digit behind it is.
fn separator(bytes: &[u8], at: usize) -> Option<(Separator, usize)> {
    let mut end = at;
    let (mut n_spaces, mut mark) = (0, None);
    loop {
        let (kind, len) = match *bytes.get(end)? {
            b if b.is_ascii_digit() => break,
            b' ' if n_spaces < 2 => (None, 1),
            b'-' => (Some(Separator::Dash), 1),
            b'.' => (Some(Separator::Dot), 1),
            b'/' => (Some(Separator::Slash), 1),
            b'(' => (Some(Separator::Open), 1),
            b')' => (Some(Separator::Close), 1),
            0xe2 => (Some(Separator::Dash), dash_length(bytes, end)?),
            _ => return None,
        };
        end += len;
        match (mark, kind) {
            (_, None) => n_spaces += 1,
            (None, Some(_)) => mark = kind,
            (Some(Separator::Close), Some(Separator::Dash | Separator::Dot | Separator::Slash)) => {}
            (Some(Separator::Close | Separator::Dash), Some(Separator::Open)) => mark = Some(Separator::Open),
            _ => return None,
        }
    }
    let separator = match (mark, n_spaces) {
        (None, 1) => Separator::Space,
        (None, 2) | (Some(Separator::Dash | Separator::Slash), 1..) => Separator::Wide,
        (Some(Separator::Dot), 1..) | (None, _) => return None,
        (Some(mark), _) => mark,
    };
    Some((separator, end))
}

/// U+2010 to U+2015, the minus sign: dashes of three bytes.
fn dash_length(bytes: &[u8], at: usize) -> Option<usize> {
    let (second, third) = (*bytes.get(at + 1)?, *bytes.get(at + 2)?);
    (second == 0x80 && (0x90..=0x95).contains(&third) || (second, third) == (0x88, 0x92)).then_some(3)
}

/// The character before `at`.
pub(super) fn char_before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// The character at `at`.
pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// Whether a number can start at `at`: no word, amount, link or longer code runs into it.
pub(super) fn is_open_before(text: &str, at: usize) -> bool {
    match char_before(text, at) {
        None => true,
        Some(c) if c.is_alphanumeric() => false,
        Some(c @ ('-' | '.' | ',' | '/' | ':' | '–' | '\'')) => {
            let joined = at.checked_sub(c.len_utf8()).and_then(|at| char_before(text, at));
            !joined.is_some_and(|j| j.is_ascii_digit() || j.is_alphanumeric() && !matches!(c, ':' | ',' | '.') || c == '/' && j == '/')
        }
        Some(c) => !matches!(c, '_' | '$' | '€' | '£' | '¥' | '#' | '=' | '@' | '&' | '%' | '~' | '\\' | '+' | '*'),
    }
}

/// Whether a number can end at `at`: no word, address or longer code goes on.
pub(super) fn is_open_behind(text: &str, at: usize) -> bool {
    match char_at(text, at) {
        None => true,
        Some(c) if c.is_alphanumeric() => false,
        Some(c @ ('-' | '.' | ',' | '/' | ':' | '–')) => !char_at(text, at + c.len_utf8()).is_some_and(|next| next.is_ascii_digit()),
        Some(c) => !matches!(c, '_' | '@' | '%' | '*'),
    }
}
