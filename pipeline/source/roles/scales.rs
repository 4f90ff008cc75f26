//! On which scale is a rating answered?
//!
//! A column's name and figures come in; the scale with its ends, or the words of its points, go out with the reason.

use super::names::Name;
use super::profile::Profile;

/// A scale.
pub(super) struct Scale {
    pub(super) ends: Option<[f64; 2]>,
    pub(super) labels: Vec<String>,
    /// How it was found.
    pub(super) why: String,
}

impl Scale {
    /// For people: `1-5`, `5 words`.
    pub(super) fn show(&self) -> String {
        match self.ends {
            Some([low, high]) => format!("{low}-{high}"),
            None => format!("{} words", self.labels.len()),
        }
    }
}

/// The scale of a column of numbers; `has_zero_kin`: another part-rating of the file goes down to 0.
pub(super) fn of_numbers(name: &Name, profile: &Profile, has_zero_kin: bool) -> Option<Scale> {
    let scale = |low: f64, high: f64, why: String| Some(Scale { ends: Some([low, high]), labels: Vec::new(), why });
    if let Some((low, high)) = told(name) {
        return scale(low, high, "its name tells the scale".to_owned());
    }
    let (min, max) = (profile.min, profile.max);
    let seen = format!("numbers {min} to {max}");
    if profile.n_filled == 0 {
        return scale(1.0, 5.0, "no values; the usual scale".to_owned());
    }
    if min < 0.0 {
        return None;
    }
    // A column that went from 1-5 to 1-10: few lie above 5, fewer than at 5, which a scale to 10 does not bring about.
    let n_numbers = (profile.numeric * profile.n_filled as f64).round();
    if max > 5.0 && max <= 10.0 && (profile.n_above_5 as f64) < 0.1 * n_numbers && profile.n_above_5 < profile.n_at_5 {
        let low = if min == 0.0 { 0.0 } else { 1.0 };
        let why =
            format!("{seen}, but only {} of {n_numbers} above 5: a scale that changed? set `scale`, `from` and `until`", profile.n_above_5);
        return scale(low, 5.0, why);
    }
    match max {
        max if max <= 5.0 && min == 0.0 => scale(0.0, 5.0, seen),
        max if max <= 5.0 && has_zero_kin => scale(0.0, 5.0, format!("{seen}; columns of its kind go down to 0")),
        max if max <= 5.0 => scale(1.0, 5.0, seen),
        max if max <= 7.0 => scale(if min == 0.0 { 0.0 } else { 1.0 }, 7.0, seen),
        max if max <= 10.0 => scale(if min == 0.0 { 0.0 } else { 1.0 }, 10.0, seen),
        max if max <= 100.0 => scale(0.0, 100.0, seen),
        _ => None,
    }
}

/// The scale that a name tells: `Rating (1-5)`, `1 to 7`, `out of 10`.
pub(super) fn told(name: &Name) -> Option<(f64, f64)> {
    let number = |word: Option<&String>| word.and_then(|word| word.parse::<u32>().ok()).filter(|n| *n <= 100);
    let words = &name.words;
    for (i, word) in words.iter().enumerate() {
        let next = words.get(i + 1);
        if let (Some(low @ (0 | 1)), Some(high)) =
            (number(Some(word)), number(next).or_else(|| number(words.get(i + 2)).filter(|_| next.is_some_and(|w| w == "to"))))
            && high >= 3
        {
            return Some((f64::from(low), f64::from(high)));
        }
        if word == "out"
            && next.is_some_and(|next| next == "of")
            && let Some(high) = number(words.get(i + 2))
        {
            return Some((if high >= 10 { 0.0 } else { 1.0 }, f64::from(high)));
        }
    }
    None
}

/// Known word scales, worst first; several words for one point are parted by `|`.
const WORD_SCALES: &[&[&str]] = &[
    &["totally dissatisfied", "somewhat dissatisfied", "neutral", "somewhat satisfied", "totally satisfied"],
    &["totally dissatisfied", "dissatisfied", "neutral", "satisfied", "totally satisfied"],
    &["very dissatisfied", "somewhat dissatisfied", "neutral", "somewhat satisfied", "very satisfied"],
    &["very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied"],
    &["very dissatisfied", "dissatisfied", "neither satisfied nor dissatisfied", "satisfied", "very satisfied"],
    &["very dissatisfied", "somewhat dissatisfied", "neither satisfied nor dissatisfied", "somewhat satisfied", "very satisfied"],
    &[
        "completely dissatisfied",
        "mostly dissatisfied",
        "somewhat dissatisfied",
        "neither satisfied nor dissatisfied",
        "somewhat satisfied",
        "mostly satisfied",
        "completely satisfied",
    ],
    &["extremely dissatisfied", "somewhat dissatisfied", "neither satisfied nor dissatisfied", "somewhat satisfied", "extremely satisfied"],
    &["extremely dissatisfied", "dissatisfied", "neutral", "satisfied", "extremely satisfied"],
    &["completely dissatisfied", "dissatisfied", "neutral", "satisfied", "completely satisfied"],
    &["very unsatisfied", "unsatisfied", "neutral", "satisfied", "very satisfied"],
    &["not at all satisfied", "slightly satisfied", "moderately satisfied", "very satisfied", "extremely satisfied"],
    &["not at all satisfied", "not very satisfied", "somewhat satisfied", "very satisfied"],
    &["dissatisfied", "neutral", "satisfied"],
    &["very poor", "poor", "fair", "good", "very good"],
    &["very poor", "poor", "average", "good", "very good"],
    &["very poor", "poor", "acceptable", "good", "very good"],
    &["very poor", "poor", "neutral", "good", "very good"],
    &["very poor", "poor", "fair", "good", "excellent"],
    &["very poor", "poor", "average", "good", "excellent"],
    &["terrible", "poor", "average", "good", "excellent"],
    &["terrible", "poor", "average", "very good", "excellent"],
    &["poor", "fair", "good", "very good", "excellent"],
    &["poor", "average", "good", "excellent"],
    &["poor", "fair", "good", "excellent"],
    &["very bad", "bad", "neutral", "good", "very good"],
    &["very bad", "bad", "average", "good", "very good"],
    &["very bad", "bad", "ok", "good", "very good"],
    &["bad", "ok", "good"],
    &["bad", "neutral", "good"],
    &["strongly disagree", "disagree", "neutral", "agree", "strongly agree"],
    &["strongly disagree", "disagree", "neither agree nor disagree", "agree", "strongly agree"],
    &["strongly disagree", "somewhat disagree", "neutral", "somewhat agree", "strongly agree"],
    &["strongly disagree", "somewhat disagree", "neither agree nor disagree", "somewhat agree", "strongly agree"],
    &["strongly disagree", "disagree", "somewhat disagree", "neutral", "somewhat agree", "agree", "strongly agree"],
    &["strongly disagree", "disagree", "somewhat disagree", "neither agree nor disagree", "somewhat agree", "agree", "strongly agree"],
    &["very unlikely", "unlikely", "neutral", "likely", "very likely"],
    &["not at all likely", "slightly likely", "moderately likely", "very likely", "extremely likely"],
    &["very unlikely", "somewhat unlikely", "neutral", "somewhat likely", "very likely"],
    &["very difficult", "difficult", "neutral", "easy", "very easy"],
    &["very difficult", "somewhat difficult", "neutral", "somewhat easy", "very easy"],
    &["very difficult", "difficult", "neither easy nor difficult", "easy", "very easy"],
    &["very unhappy", "unhappy", "neutral", "happy", "very happy"],
    &["much worse", "worse", "about the same", "better", "much better"],
    &["far below expectations", "below expectations", "met expectations", "exceeded expectations", "far exceeded expectations"],
];

/// The scale of a column of words; none: they are no scale that is known.
pub(super) fn of_words(profile: &Profile) -> Option<Scale> {
    let values = profile.values.as_ref().filter(|values| values.len() >= 2)?;
    let fold = |value: &String| value.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let is_no_answer =
        |value: &str| matches!(value, "n/a" | "na" | "no answer" | "don't know" | "dont know" | "not applicable" | "-" | "no opinion");
    let found: Vec<String> = values.iter().map(fold).filter(|value| !is_no_answer(value)).collect();
    if found.len() < 2 {
        return None;
    }
    if let Some(labels) = numbered(values, &found) {
        return Some(Scale { ends: None, labels, why: "words with numbers before them".to_owned() });
    }
    let whole = WORD_SCALES.iter().find(|scale| found.iter().all(|value| scale.contains(&value.as_str())));
    let scale = whole?;
    // The words as the file writes them; points that nobody chose in the sample as the scale does.
    let written = |point: &str| values.iter().find(|value| fold(value) == point).cloned().unwrap_or_else(|| point.to_owned());
    let labels: Vec<String> = scale.iter().map(|point| written(point)).collect();
    let why = format!("{} of the words from \u{201c}{}\u{201d} to \u{201c}{}\u{201d}", found.len(), scale.first()?, scale.last()?);
    Some(Scale { ends: None, labels, why })
}

/// Points written `5 - Totally satisfied`: in the order of their numbers.
fn numbered(values: &[String], found: &[String]) -> Option<Vec<String>> {
    let mut points: Vec<(u32, &String)> = Vec::new();
    for value in values.iter().filter(|value| found.contains(&value.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" "))) {
        let digits: String = value.chars().take_while(char::is_ascii_digit).collect();
        let rest = value.get(digits.len()..)?.trim_start_matches([' ', '-', ':', '.', ')', '(', '=', '–']);
        let number: u32 = digits.parse().ok().filter(|n| *n <= 10)?;
        if !rest.chars().any(char::is_alphabetic) {
            return None;
        }
        points.push((number, value));
    }
    points.sort();
    let is_distinct = points.windows(2).all(|pair| pair[0].0 != pair[1].0);
    (points.len() >= 3 && is_distinct).then(|| points.into_iter().map(|(_, value)| value.clone()).collect())
}
