//! How are times, deadlines and cells said to a person at a terminal?

use jiff::Timestamp;

use crate::casework::{Case, Clock, Status};

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// "2026-10-02 08:00", UTC.
pub(super) fn time(micros: i64) -> String {
    Timestamp::from_microsecond(micros).map_or_else(|_| micros.to_string(), |at| at.strftime("%Y-%m-%d %H:%M").to_string())
}

/// "3 days", "5 h", "20 min".
pub(super) fn span(micros: i64) -> String {
    match micros {
        m if m >= 2 * DAY => format!("{} days", m / DAY),
        m if m >= HOUR => format!("{} h", m / HOUR),
        m => format!("{} min", m / MINUTE),
    }
}

/// How the case stands against its deadline.
pub(super) fn due(case: &Case, now: i64) -> String {
    match case.clock(now) {
        Clock::Left(left) => format!("in {}", span(left)),
        Clock::Overdue(over) => format!("OVERDUE {}", span(over)),
        Clock::InTime => "in time".to_owned(),
        Clock::Late(late) => format!("late by {}", span(late)),
        Clock::None if case.state.status == Status::Historical => "no clock".to_owned(),
        Clock::None => String::new(),
    }
}

/// On one line of a terminal: control characters, which could move the cursor or worse, are shown as blanks.
pub(in crate::cli) fn line(text: &str) -> String {
    let text: String = text.chars().map(|c| if is_unsafe(c) || c == '\n' || c == '\t' { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Several lines, each indented.
pub(super) fn lines(text: &str, indent: &str) -> String {
    let clean = |line: &str| line.chars().map(|c| if is_unsafe(c) { ' ' } else { c }).collect::<String>();
    text.lines().map(|line| format!("{indent}{}\n", clean(line))).collect()
}

/// Control characters, and those that turn the direction of the line.
fn is_unsafe(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// At most `n` characters.
pub(in crate::cli) fn cut(text: &str, n: usize) -> String {
    match text.char_indices().nth(n) {
        Some(_) => text.chars().take(n - 1).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_typed_moves_the_cursor() {
        assert_eq!(line("a\u{1b}[2Jb\nc\u{202e}d"), "a [2Jb c d");
        assert_eq!(lines("a\u{7}\nb", "  "), "  a \n  b\n");
    }

    #[test]
    fn cells_are_cut_by_characters() {
        assert_eq!(cut("Müller", 6), "Müller");
        assert_eq!(cut("Müllers", 6), "Mülle…");
    }
}
