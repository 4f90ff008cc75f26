//! Which cells does the HOTLINE report have, and which of them may come back changed?

use serde::{Deserialize, Serialize};

use super::case::Case;

macro_rules! fields {
    ($($variant:ident $key:literal $heading:literal $kind:ident;)*) => {
        /// A column of the HOTLINE report.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Field { $(#[doc = $heading] $variant),* }
        impl Field {
            /// All columns, in the order of the report.
            pub const ALL: &[Field] = &[$(Self::$variant),*];
            /// As mapping files name it.
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),* }
            }
            /// The heading of the column.
            pub fn heading(self) -> &'static str {
                match self { $(Self::$variant => $heading),* }
            }
            pub(super) fn kind(self) -> FieldKind {
                match self { $(Self::$variant => FieldKind::$kind),* }
            }
        }
    };
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldKind {
    Text,
    Long,
    Time,
    Number,
}

fields! {
    HotlineId "hotline_id" "Case" Text;
    Month "month" "Month" Text;
    Company "company" "Company" Text;
    AccountId "account_id" "Account" Text;
    Contact "contact" "Contact" Text;
    Route "route" "Route" Text;
    Severity "severity" "Severity" Number;
    Category "category" "Category" Text;
    Description "description" "Description" Long;
    ReceivedAt "received_at" "Received (UTC)" Time;
    DetectedAt "detected_at" "Detected (UTC)" Time;
    RespondBy "respond_by" "Respond by (UTC)" Time;
    FirstActedAt "first_acted_at" "First acted (UTC)" Time;
    ContactedAt "contacted_at" "Contacted (UTC)" Time;
    ClosedAt "closed_at" "Closed (UTC)" Time;
    Status "status" "Status" Text;
    Owner "owner" "Owner" Text;
    Disposition "disposition" "Disposition" Text;
    RootCause "root_cause" "Root cause" Text;
    ValueWon "value_won" "Value won" Number;
    Resolution "resolution" "Resolution" Long;
    ExternalRef "external_ref" "External ref" Text;
    Note "note" "New note" Long;
    ReopenCount "reopen_count" "Reopened" Number;
    Source "source" "Source" Text;
    ResponseId "response_id" "Response" Text;
    LinkedTo "linked_to" "Linked to" Text;
    UpdatedAt "updated_at" "Updated (UTC)" Time;
    LastEvent "last_event" "Last event" Text;
}

/// What a cell of the report says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    /// Microseconds since 1970-01-01T00:00Z.
    Time(i64),
    Number(f64),
}

impl Field {
    /// The columns of the report: what only a ticket system says is none of them.
    pub fn of_report() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|field| *field != Self::UpdatedAt)
    }

    pub(super) fn cell(self, case: &Case) -> Cell {
        let text = |value: Option<&str>| value.filter(|v| !v.is_empty()).map_or(Cell::Empty, |v| Cell::Text(v.to_owned()));
        let optional = |value: &Option<String>| text(value.as_deref());
        let time = |value: Option<i64>| value.map_or(Cell::Empty, Cell::Time);
        let state = &case.state;
        match self {
            Self::HotlineId => text(Some(&case.hotline_id)),
            Self::Month => text(Some(&case.report_month.to_string())),
            Self::Company => optional(&case.account_name),
            Self::AccountId => optional(&case.account_id),
            Self::Contact => optional(&case.contact_name),
            Self::Route => text(Some(&case.route)),
            Self::Severity => case.severity.map_or(Cell::Empty, |severity| Cell::Number(f64::from(severity))),
            Self::Category => optional(&case.category),
            Self::Description => optional(&case.description),
            Self::ReceivedAt => time(case.received_at),
            Self::DetectedAt => time(Some(state.detected_at)),
            Self::RespondBy => time(case.respond_by),
            Self::FirstActedAt => time(state.first_acted_at),
            Self::ContactedAt => time(state.contacted_at),
            Self::ClosedAt => time(state.closed_at),
            Self::Status => text(Some(state.status.as_str())),
            Self::Owner => optional(&state.owner),
            Self::Disposition => optional(&state.disposition),
            Self::RootCause => optional(&state.root_cause),
            Self::ValueWon => state.value_won.map_or(Cell::Empty, Cell::Number),
            Self::Resolution => optional(&state.resolution),
            Self::ExternalRef => optional(&state.external_ref),
            Self::Note | Self::UpdatedAt => Cell::Empty,
            Self::ReopenCount => Cell::Number(f64::from(state.reopen_count)),
            Self::Source => text(Some(&case.source)),
            Self::ResponseId => text(Some(&case.response_id)),
            Self::LinkedTo => optional(&case.linked_to),
            Self::LastEvent => text(Some(&case.last_event)),
        }
    }
}

/// Text that a spreadsheet would run gets an apostrophe before it; [`fused`] takes it away again.
///
/// A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return for a formula, also behind blanks. Text that
/// begins with apostrophes before such a character gets one more, so that nothing is lost on the way back.
pub(super) fn defused(text: &str) -> std::borrow::Cow<'_, str> {
    if is_formula(text) { format!("'{text}").into() } else { text.into() }
}

/// What [`defused`] was given.
pub(super) fn fused(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => text,
    }
}

fn is_formula(text: &str) -> bool {
    let text = text.trim_start_matches('\'');
    text.starts_with(['\t', '\r']) || text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_defused() {
        for (text, cell) in [
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("+1", "'+1"),
            ("- two lines", "'- two lines"),
            ("@sum", "'@sum"),
            ("  =1", "'  =1"),
            ("\t=1", "'\t=1"),
            ("'=1", "''=1"),
            ("it's = fine", "it's = fine"),
            ("'quoted'", "'quoted'"),
            ("", ""),
        ] {
            assert_eq!(defused(text), cell);
            assert_eq!(fused(cell), text);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_on_the_way_back(text in "['=+@a \\t-]{0,6}") {
            let cell = defused(&text).into_owned();
            prop_assert_eq!(fused(&cell), text);
            prop_assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']));
        }
    }
}
