//! Does a response meet the conditions of a rule?
//!
//! `when` entries such as `nps <= 6`, `score("billing") < 3`, `bottom_box("overall")`, `segment = "gold"` or
//! `channel in ("phone", "chat")`, joined with `and`, `or`, `not` and parentheses. A fact that the response
//! does not have meets no comparison, not even `!=`.

use super::expression::ExprError;

/// What of a response, beyond the verbatim, rules may ask for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// The answer to the first NPS question, 0 to 10; none when not answered.
    pub nps: Option<i32>,
    /// Every answered rating.
    pub scores: &'a [ScoreFact<'a>],
    /// As configured; none when not given.
    pub segment: Option<&'a str>,
    /// As configured; none when not given.
    pub channel: Option<&'a str>,
    /// As configured; none when not given.
    pub product: Option<&'a str>,
    /// As configured; none when not given.
    pub area: Option<&'a str>,
    /// The name of the source.
    pub source: &'a str,
}

/// One answered rating, oriented so that high is good.
#[derive(Clone, Copy, Debug)]
pub struct ScoreFact<'a> {
    /// The measure's name.
    pub measure: &'a str,
    /// The answer.
    pub value: f64,
    /// The worst point of the scale.
    pub low: f64,
    /// The best point of the scale.
    pub high: f64,
}

/// A condition as parsed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Number(Number, Comparison, f64),
    /// The worst point of a measure.
    BottomBox(String),
    /// The best point of a measure.
    TopBox(String),
    /// True or false: is one of the values.
    Text(Text, bool, Vec<String>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Number {
    Nps,
    Score(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Unequal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Text {
    Language,
    Segment,
    Channel,
    Product,
    Area,
    Source,
}

impl Condition {
    /// Whether the response and the verbatim's language meet it.
    pub(super) fn holds(&self, facts: &Facts<'_>, language: &str) -> bool {
        let score = |measure: &str| facts.scores.iter().find(|score| score.measure == measure);
        match self {
            Self::All(members) => members.iter().all(|member| member.holds(facts, language)),
            Self::Any(members) => members.iter().any(|member| member.holds(facts, language)),
            Self::Not(inside) => !inside.holds(facts, language),
            Self::BottomBox(measure) => score(measure).is_some_and(|score| score.value <= score.low),
            Self::TopBox(measure) => score(measure).is_some_and(|score| score.value >= score.high),
            Self::Number(number, comparison, limit) => {
                let value = match number {
                    Number::Nps => facts.nps.map(f64::from),
                    Number::Score(measure) => score(measure).map(|score| score.value),
                };
                value.is_some_and(|value| comparison.holds(value, *limit))
            }
            Self::Text(text, equal, values) => {
                let value = match text {
                    Text::Language => Some(language),
                    Text::Segment => facts.segment,
                    Text::Channel => facts.channel,
                    Text::Product => facts.product,
                    Text::Area => facts.area,
                    Text::Source => Some(facts.source),
                };
                value.is_some_and(|value| values.iter().any(|other| other.to_lowercase() == value.to_lowercase()) == *equal)
            }
        }
    }
}

impl Comparison {
    fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Less => value < limit,
            Self::AtMost => value <= limit,
            Self::More => value > limit,
            Self::AtLeast => value >= limit,
            Self::Equal => value == limit,
            Self::Unequal => value != limit,
        }
    }
}

const ACCEPTED: &str =
    "nps, score(\"measure\"), bottom_box(\"measure\"), top_box(\"measure\"), language, segment, channel, product, area, source, not or `(`";

/// Reads one `when` entry.
pub(super) fn parse(text: &str) -> Result<Condition, ExprError> {
    let mut parser = Parser { text, at: 0, depth: 0 };
    let condition = parser.any()?;
    if !parser.rest().is_empty() {
        return Err(parser.error("nothing joins this to what stands before", "and, or"));
    }
    Ok(condition)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn any(&mut self) -> Result<Condition, ExprError> {
        let mut members = vec![self.all()?];
        while self.word("or") {
            members.push(self.all()?);
        }
        Ok(if members.len() == 1 { members.remove(0) } else { Condition::Any(members) })
    }

    fn all(&mut self) -> Result<Condition, ExprError> {
        let mut members = vec![self.one()?];
        while self.word("and") {
            members.push(self.one()?);
        }
        Ok(if members.len() == 1 { members.remove(0) } else { Condition::All(members) })
    }

    fn one(&mut self) -> Result<Condition, ExprError> {
        self.depth += 1;
        if self.depth > 40 {
            return Err(self.error("nested too deep", "40 levels"));
        }
        let found = self.one_inside();
        self.depth -= 1;
        found
    }

    fn one_inside(&mut self) -> Result<Condition, ExprError> {
        if self.word("not") {
            return Ok(Condition::Not(Box::new(self.one()?)));
        }
        if self.sign("(") {
            let inside = self.any()?;
            self.expect(")")?;
            return Ok(inside);
        }
        let start = self.at;
        match self.name() {
            "nps" => self.number(Number::Nps),
            "score" => {
                let measure = self.argument()?;
                self.number(Number::Score(measure))
            }
            "bottom_box" => Ok(Condition::BottomBox(self.argument()?)),
            "top_box" => Ok(Condition::TopBox(self.argument()?)),
            "language" => self.text(Text::Language),
            "segment" => self.text(Text::Segment),
            "channel" => self.text(Text::Channel),
            "product" => self.text(Text::Product),
            "area" => self.text(Text::Area),
            "source" => self.text(Text::Source),
            other => {
                let what =
                    if other.is_empty() { "a condition is missing".to_owned() } else { format!("`{other}` is not known of a response") };
                Err(ExprError { at_byte: start, what, accepted: ACCEPTED.to_owned() })
            }
        }
    }

    fn number(&mut self, number: Number) -> Result<Condition, ExprError> {
        let signs = [
            ("<=", Comparison::AtMost),
            (">=", Comparison::AtLeast),
            ("!=", Comparison::Unequal),
            ("==", Comparison::Equal),
            ("<", Comparison::Less),
            (">", Comparison::More),
            ("=", Comparison::Equal),
        ];
        let Some((_, comparison)) = signs.into_iter().find(|(sign, _)| self.sign(sign)) else {
            return Err(self.error("a comparison is missing", "<, <=, =, !=, >=, >"));
        };
        let rest = self.rest();
        let n = rest.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-')).count();
        let Some(limit) = rest.get(..n).and_then(|digits| digits.parse::<f64>().ok()) else {
            return Err(self.error("a number is missing", "a number such as 6 or 2.5"));
        };
        self.at += n;
        Ok(Condition::Number(number, comparison, limit))
    }

    fn text(&mut self, text: Text) -> Result<Condition, ExprError> {
        if self.word("in") {
            self.expect("(")?;
            let mut values = vec![self.string()?];
            while self.sign(",") {
                values.push(self.string()?);
            }
            self.expect(")")?;
            return Ok(Condition::Text(text, true, values));
        }
        let equal = if self.sign("!=") {
            false
        } else if self.sign("==") || self.sign("=") {
            true
        } else {
            return Err(self.error("a comparison is missing", "=, !=, in (…)"));
        };
        Ok(Condition::Text(text, equal, vec![self.string()?]))
    }

    fn argument(&mut self) -> Result<String, ExprError> {
        self.expect("(")?;
        let measure = self.string()?;
        self.expect(")")?;
        Ok(measure)
    }

    fn string(&mut self) -> Result<String, ExprError> {
        let inside = self.rest().strip_prefix('"').and_then(|rest| rest.split_once('"'));
        let Some((value, _)) = inside else {
            return Err(self.error("a name in quotes is missing", "\"…\""));
        };
        self.at += value.len() + 2;
        Ok(value.to_owned())
    }

    fn name(&mut self) -> &'a str {
        let rest = self.rest();
        let n = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        self.at += n;
        rest.get(..n).unwrap_or_default()
    }

    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest();
        let n = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let found = rest.get(..n).is_some_and(|head| head.eq_ignore_ascii_case(word));
        if found {
            self.at += n;
        }
        found
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), ExprError> {
        if self.sign(sign) { Ok(()) } else { Err(self.error(&format!("`{sign}` is missing"), &format!("`{sign}`"))) }
    }

    /// What is left, white space skipped.
    fn rest(&mut self) -> &'a str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    fn error(&self, what: &str, accepted: &str) -> ExprError {
        ExprError { at_byte: self.at, what: what.to_owned(), accepted: accepted.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: bool) {
        let scores = [
            ScoreFact { measure: "overall", value: 1.0, low: 1.0, high: 5.0 },
            ScoreFact { measure: "billing", value: 5.0, low: 1.0, high: 5.0 },
        ];
        let facts = Facts {
            nps: Some(6),
            scores: &scores,
            segment: Some("Gold"),
            channel: None,
            product: None,
            area: Some("Billing"),
            source: "survey",
        };
        assert_eq!(parse(text).unwrap().holds(&facts, "en"), expected, "{text}");
    }

    #[test]
    fn conditions() {
        check("nps <= 6", true);
        check("nps<6", false);
        check("nps = 6 and nps != 7", true);
        check("bottom_box(\"overall\")", true);
        check("bottom_box(\"billing\") or top_box( \"billing\" )", true);
        check("bottom_box(\"unasked\")", false);
        check("not bottom_box(\"unasked\")", true);
        check("score(\"overall\") < 2.5", true);
        check("language = \"en\"", true);
        check("segment in (\"gold\", \"silver\")", true);
        check("channel != \"phone\"", false);
        check("area = \"Billing\" AND (source = \"other\" OR source = \"survey\")", true);
    }

    #[test]
    fn errors_point_at_the_character() {
        for (text, at_byte) in
            [("nsp < 1", 0), ("nps 6", 4), ("nps < x", 6), ("segment = gold", 10), ("nps < 6 nps", 8), ("(nps < 6", 8), ("", 0)]
        {
            assert_eq!(parse(text).unwrap_err().at_byte, at_byte, "{text}");
        }
    }
}
