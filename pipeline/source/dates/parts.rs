//! What are the parts of a date that is not plain ISO?

use jiff::civil::Time;

/// The numbers of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    /// Year, month, day.
    Settled(i16, i8, i8),
    /// Two numbers of which one is the day and one the month, and the year.
    Either(i8, i8, i16),
}

/// The zone that a cell tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    None,
    /// Seconds east of Greenwich.
    Offset(i32),
}

/// The parts of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) numbers: Numbers,
    pub(super) time: Option<Time>,
    pub(super) zone: Zone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    /// Digits: the number and how many they are.
    Number(u64, usize),
    Word(&'a str),
    Sign(u8),
}

/// More tokens than any date has.
const MAX_TOKENS: usize = 24;

/// Cuts a cell into the parts of a date; none: it is no date.
pub(super) fn cut(cell: &str) -> Option<Parts> {
    let mut tokens = tokens(cell)?;
    let zone = take_zone(&mut tokens);
    let time = take_time(&mut tokens)?;
    let (numbers, compact) = date(&tokens)?;
    let time = time.or(compact);
    Some(Parts { numbers, time, zone })
}

fn tokens(cell: &str) -> Option<Vec<Token<'_>>> {
    let (bytes, mut tokens, mut at) = (cell.as_bytes(), Vec::with_capacity(12), 0);
    while let Some(&byte) = bytes.get(at) {
        let length = |test: fn(&u8) -> bool| bytes.iter().skip(at).take_while(|b| test(b)).count();
        let n = if byte.is_ascii_digit() {
            let n = length(u8::is_ascii_digit);
            tokens.push(Token::Number(cell.get(at..at + n)?.parse().ok()?, n));
            n
        } else if byte.is_ascii_alphabetic() || byte >= 0x80 {
            let n = length(|b| b.is_ascii_alphabetic() || *b >= 0x80);
            tokens.push(Token::Word(cell.get(at..at + n)?));
            n
        } else {
            if !byte.is_ascii_whitespace() {
                tokens.push(Token::Sign(byte));
            }
            1
        };
        at += n;
        if tokens.len() > MAX_TOKENS {
            return None;
        }
    }
    Some(tokens)
}

/// Takes the zone away: `Z`, `GMT`, `+02:00`, `-0500`, and the American names that RFC 2822 knows.
fn take_zone(tokens: &mut Vec<Token<'_>>) -> Zone {
    let colon = tokens.iter().rposition(|token| *token == Token::Sign(b':'));
    for at in (0..tokens.len()).rev() {
        if let Token::Word(word) = tokens[at]
            && let Some(hours) = zone_hours(word)
            && (at > 0 && matches!(tokens[at - 1], Token::Number(..)) || colon.is_some_and(|colon| at > colon))
        {
            tokens.remove(at);
            return Zone::Offset(hours * 3600);
        }
        let sign = match tokens[at] {
            Token::Sign(b'+') => 1,
            Token::Sign(b'-') => -1,
            _ => continue,
        };
        // An offset comes after a time: `12:30 -0500`, `12:30:00+02:00`.
        let after_time = tokens.iter().take(at).any(|token| *token == Token::Sign(b':'));
        let (seconds, n) = match (tokens.get(at + 1), tokens.get(at + 2), tokens.get(at + 3)) {
            (Some(Token::Number(h, 2)), Some(Token::Sign(b':')), Some(Token::Number(m, 2))) => (h * 3600 + m * 60, 4),
            (Some(Token::Number(hm, 4)), ..) => (hm / 100 * 3600 + hm % 100 * 60, 2),
            (Some(Token::Number(h, 1 | 2)), ..) => (h * 3600, 2),
            _ => continue,
        };
        if after_time && seconds <= 18 * 3600 {
            tokens.drain(at..at + n);
            return Zone::Offset(sign * i32::try_from(seconds).unwrap_or(0));
        }
    }
    Zone::None
}

fn zone_hours(word: &str) -> Option<i32> {
    const ZONES: [(&str, i32); 12] = [
        ("z", 0),
        ("utc", 0),
        ("gmt", 0),
        ("ut", 0),
        ("est", -5),
        ("edt", -4),
        ("cst", -6),
        ("cdt", -5),
        ("mst", -7),
        ("mdt", -6),
        ("pst", -8),
        ("pdt", -7),
    ];
    ZONES.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, hours)| *hours)
}

/// Takes the time away; none: there is one and it is no time of day.
fn take_time(tokens: &mut Vec<Token<'_>>) -> Option<Option<Time>> {
    let Some(colon) = tokens.iter().position(|token| *token == Token::Sign(b':')) else { return Some(None) };
    let start = colon.checked_sub(1)?;
    let Token::Number(mut hour, 1 | 2) = tokens[start] else { return None };
    let Token::Number(minute, 1 | 2) = *tokens.get(colon + 1)? else { return None };
    let (mut second, mut nanos, mut end) = (0, 0, colon + 2);
    if let (Some(Token::Sign(b':')), Some(Token::Number(n, 1 | 2))) = (tokens.get(end), tokens.get(end + 1)) {
        second = *n;
        end += 2;
        if let (Some(Token::Sign(b'.' | b',')), Some(Token::Number(n, digits))) = (tokens.get(end), tokens.get(end + 1)) {
            let scale = |power: usize| 10u64.checked_pow(u32::try_from(power).ok()?);
            nanos = if *digits <= 9 { n * scale(9 - digits)? } else { n / scale(digits - 9)? };
            end += 2;
        }
    }
    // `pm`, `p.m.`: the half of the day.
    let word = match tokens.get(end) {
        Some(Token::Word(word)) => word.to_ascii_lowercase(),
        _ => String::new(),
    };
    let half = match word.as_str() {
        "am" | "a" => Some(0),
        "pm" | "p" => Some(12),
        _ => None,
    };
    if let Some(half) = half {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + half;
        end += 1;
        while matches!(tokens.get(end), Some(Token::Sign(b'.')))
            || matches!(tokens.get(end), Some(Token::Word(m)) if m.eq_ignore_ascii_case("m"))
        {
            end += 1;
        }
    }
    tokens.drain(start..end);
    let small = |n: u64| i8::try_from(n).ok();
    Time::new(small(hour)?, small(minute)?, small(second)?, i32::try_from(nanos).ok()?).ok().map(Some)
}

/// Reads the date from what is left, with the time of the compact form.
fn date(tokens: &[Token<'_>]) -> Option<(Numbers, Option<Time>)> {
    let (mut numbers, mut month, mut is_worded): (Vec<(u64, usize)>, Option<i8>, bool) = (Vec::with_capacity(4), None, false);
    let mut separator = None;
    for token in tokens {
        match token {
            Token::Number(number, digits) => numbers.push((*number, *digits)),
            Token::Word(word) => {
                is_worded |= !word.eq_ignore_ascii_case("t");
                match month_of(word) {
                    Some(found) if month.is_none() => month = Some(found),
                    Some(_) => return None,
                    None if is_filler(word) => {}
                    None => return None,
                }
            }
            Token::Sign(sign @ (b'-' | b'/' | b'.')) => separator = separator.or(Some(*sign)),
            Token::Sign(b',') => {}
            Token::Sign(_) => return None,
        }
    }
    if is_worded && month.is_none() && numbers.len() < 3 {
        return None;
    }
    let plain = |numbers| Some((numbers, None));
    let settled = |year: i16, month: u64, day: u64| plain(Numbers::Settled(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?));
    match (month, numbers.as_slice()) {
        (Some(month), [(day, 1 | 2), (y, digits)]) => plain(Numbers::Settled(year(*y, *digits)?, month, i8::try_from(*day).ok()?)),
        (Some(month), [(y, 4), (day, 1 | 2)]) => plain(Numbers::Settled(year(*y, 4)?, month, i8::try_from(*day).ok()?)),
        (Some(month), [(y, 4)]) => plain(Numbers::Settled(year(*y, 4)?, month, 1)),
        (None, [(y, 4), (m, 1 | 2), (d, 1 | 2)]) => settled(year(*y, 4)?, *m, *d),
        (None, [(a, 1 | 2), (b, 1 | 2), (y, digits @ (2 | 4))]) => {
            if *digits != 4 {
                separator?;
            }
            let (a, b, year) = (i8::try_from(*a).ok()?, i8::try_from(*b).ok()?, year(*y, *digits)?);
            // Nobody writes 07.14.2026: with dots the day comes first.
            plain(if separator == Some(b'.') && b <= 12 { Numbers::Settled(year, b, a) } else { Numbers::Either(a, b, year) })
        }
        (None, [(y, 4), (m, 1 | 2)]) => settled(year(*y, 4)?, *m, 1),
        (None, [(m, 1 | 2), (y, 4)]) => settled(year(*y, 4)?, *m, 1),
        (None, [(n, 8)]) => settled(year(n / 10_000, 4)?, n / 100 % 100, n % 100),
        (None, [(n, 8), (t, 6)]) => Some((settled(year(n / 10_000, 4)?, n / 100 % 100, n % 100)?.0, Some(clock(*t)?))),
        (None, [(n, 14)]) => {
            let (n, t) = (n / 1_000_000, n % 1_000_000);
            Some((settled(year(n / 10_000, 4)?, n / 100 % 100, n % 100)?.0, Some(clock(t)?)))
        }
        _ => None,
    }
}

/// A time written HHMMSS.
fn clock(number: u64) -> Option<Time> {
    let part = |n: u64| i8::try_from(n).ok();
    Time::new(part(number / 10_000)?, part(number / 100 % 100)?, part(number % 100)?, 0).ok()
}

/// A year of two digits lies between 1970 and 2069.
fn year(number: u64, digits: usize) -> Option<i16> {
    let number = i16::try_from(number).ok()?;
    match digits {
        4 => Some(number),
        2 => Some(if number < 70 { 2000 + number } else { 1900 + number }),
        _ => None,
    }
}

fn month_of(word: &str) -> Option<i8> {
    // The first three letters in English, and where they differ in German, French, Spanish, Portuguese and Italian.
    const MONTHS: [(&str, i8); 40] = [
        ("jan", 1),
        ("ene", 1),
        ("gen", 1),
        ("jän", 1),
        ("feb", 2),
        ("fév", 2),
        ("fev", 2),
        ("mar", 3),
        ("mär", 3),
        ("apr", 4),
        ("avr", 4),
        ("abr", 4),
        ("may", 5),
        ("mai", 5),
        ("mag", 5),
        ("jun", 6),
        ("juin", 6),
        ("giu", 6),
        ("jul", 7),
        ("juil", 7),
        ("lug", 7),
        ("aug", 8),
        ("aoû", 8),
        ("aou", 8),
        ("ago", 8),
        ("sep", 9),
        ("set", 9),
        ("sept", 9),
        ("oct", 10),
        ("okt", 10),
        ("out", 10),
        ("ott", 10),
        ("nov", 11),
        ("dec", 12),
        ("dez", 12),
        ("déc", 12),
        ("dic", 12),
        ("mrz", 3),
        ("jui", 0),
        ("dim", 0),
    ];
    let word = word.to_lowercase();
    let head = |n: usize| word.chars().take(n).collect::<String>();
    let find = |head: String| MONTHS.iter().find(|(name, _)| *name == head).map(|(_, month)| *month);
    let month = find(head(4)).or_else(|| find(head(3)))?;
    (month > 0 && word.chars().count() <= 10 && word != "march-").then_some(month)
}

fn is_filler(word: &str) -> bool {
    const FILLERS: [&str; 30] = [
        "t",
        "st",
        "nd",
        "rd",
        "th",
        "of",
        "de",
        "at",
        "um",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "tues",
        "thur",
        "thurs",
        "weds",
        "le",
        "den",
        "del",
    ];
    FILLERS.iter().any(|filler| word.eq_ignore_ascii_case(filler))
}
