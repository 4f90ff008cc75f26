//! How did a case end?

use serde::Serialize;

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// The customer has what they needed.
    Resolved,
    /// It could not be solved.
    Unresolved,
    /// The customer was told what can be expected, and accepts it.
    ExpectationReset,
    /// The lead became business.
    LeadWon,
    /// The lead came to nothing.
    LeadLost,
    /// The lead lives on in the sales team's own tool.
    LeadOpen,
    /// There was nothing to act on: counts against the rule that fired.
    FalseAlarm,
    /// Another case has it.
    Duplicate,
    /// The customer could not be reached.
    Unreachable,
}

impl Disposition {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Resolved,
        Self::Unresolved,
        Self::ExpectationReset,
        Self::LeadWon,
        Self::LeadLost,
        Self::LeadOpen,
        Self::FalseAlarm,
        Self::Duplicate,
        Self::Unreachable,
    ];

    /// As tables hold it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::Unresolved => "unresolved",
            Self::ExpectationReset => "expectation_reset",
            Self::LeadWon => "lead_won",
            Self::LeadLost => "lead_lost",
            Self::LeadOpen => "lead_open",
            Self::FalseAlarm => "false_alarm",
            Self::Duplicate => "duplicate",
            Self::Unreachable => "unreachable",
        }
    }

    /// Reads what [`Disposition::as_str`] gives; case, blanks and hyphens do not matter.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase().replace([' ', '-'], "_");
        Self::ALL.into_iter().find(|disposition| disposition.as_str() == text)
    }

    /// Whether it is about business to win.
    pub fn is_lead(self) -> bool {
        matches!(self, Self::LeadWon | Self::LeadLost | Self::LeadOpen)
    }
}

/// What is said when a case is closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Closing {
    /// How it ended.
    pub disposition: Disposition,
    /// What was done.
    pub resolution: String,
    /// Why it had happened.
    pub root_cause: Option<String>,
    /// Value of the business won: for leads.
    pub value_won: Option<f64>,
}

impl Closing {
    /// What is missing or does not fit; none: it can be written.
    pub(super) fn problem(&self) -> Option<(String, &'static str)> {
        if self.resolution.trim().is_empty() {
            return Some(("closing needs a resolution".to_owned(), "say in a sentence what was done"));
        }
        match self.value_won {
            None if self.disposition == Disposition::LeadWon => {
                Some(("a lead that was won has a value".to_owned(), "give the value of the business, in your currency"))
            }
            Some(_) if !self.disposition.is_lead() => {
                Some((format!("`{}` has no value", self.disposition.as_str()), "only leads have a value"))
            }
            Some(value) if !value.is_finite() || value < 0.0 => Some((format!("{value} is no value"), "give a number from 0")),
            _ => None,
        }
    }
}
