//! The reference, line by line: strings, maps and all. The slow twin of [`super::Vader`].

use std::collections::{HashMap, HashSet};

use super::lexicon::{FILES, rows};

pub(super) struct Literal {
    lexicon: HashMap<String, f64>,
    emoji: HashMap<char, String>,
    negate: HashSet<String>,
    boosters: HashMap<String, f64>,
    special: HashMap<String, f64>,
    picks: [Vec<String>; 5],
}

impl Literal {
    pub(super) fn new() -> Self {
        let lexicon: HashMap<String, f64> = rows(FILES[0]).map(|(t, v, _)| (t.to_owned(), v.parse().unwrap())).collect();
        let emoji: HashMap<char, String> = rows(FILES[1]).map(|(e, d, _)| (e.chars().next().unwrap(), d.to_owned())).collect();
        let of = |role: &str| rows(FILES[2]).filter(move |(_, r, _)| *r == role).map(|(w, ..)| w.to_owned()).collect::<Vec<_>>();
        let values = |role: &str| -> HashMap<String, f64> {
            rows(FILES[2]).filter(|(_, r, _)| *r == role).map(|(w, _, v)| (w.to_owned(), v.parse().unwrap())).collect()
        };
        let mut rules: Vec<String> =
            "no or nor never so this without doubt least at very but kind of n't".split(' ').map(Into::into).collect();
        rules.extend(of("special").iter().flat_map(|s| s.split(' ').map(str::to_owned).collect::<Vec<_>>()));
        let picks = [
            rows(FILES[0]).map(|(t, ..)| t.to_owned()).collect(),
            rows(FILES[1]).map(|(e, ..)| e.to_owned()).collect(),
            of("negate").into_iter().chain(of("boost")).collect(),
            rules,
            ["the", "table", "is", "1", "it's", "é", "café", "...", "-", "x"].map(str::to_owned).to_vec(),
        ];
        Self { lexicon, emoji, negate: of("negate").into_iter().collect(), boosters: values("boost"), special: values("special"), picks }
    }

    /// Some word of a kind, for random texts.
    pub(super) fn pick(&self, kind: usize, n: usize) -> String {
        self.picks[kind][n % self.picks[kind].len()].clone()
    }

    pub(super) fn compound(&self, text: &str) -> f64 {
        let mut plain = String::new();
        let mut previous_space = true;
        for c in text.chars() {
            if let Some(description) = self.emoji.get(&c) {
                if !previous_space {
                    plain.push(' ');
                }
                plain.push_str(description);
                previous_space = false;
            } else {
                plain.push(c);
                previous_space = c == ' ';
            }
        }
        let is_space = |c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c);
        let words: Vec<&str> = plain
            .split(is_space)
            .filter(|t| !t.is_empty())
            .map(|t| {
                let stripped = t.trim_matches(|c: char| c.is_ascii_punctuation());
                if stripped.chars().count() <= 2 { t } else { stripped }
            })
            .collect();
        let lower: Vec<String> = words.iter().map(|w| w.to_lowercase()).collect();
        let n_capitals = words.iter().filter(|w| is_upper(w)).count();
        let differs = 0 < words.len() - n_capitals && words.len() - n_capitals < words.len();
        let mut sentiments: Vec<f64> = (0..words.len()).map(|i| self.sentiment(&words, &lower, differs, i)).collect();
        if let Some(bi) = lower.iter().position(|w| w == "but") {
            for k in 0..sentiments.len() {
                let sentiment = sentiments[k];
                let si = sentiments.iter().position(|s| *s == sentiment).unwrap();
                if si < bi {
                    sentiments[si] = sentiment * 0.5;
                } else if si > bi {
                    sentiments[si] = sentiment * 1.5;
                }
            }
        }
        if sentiments.is_empty() {
            return 0.0;
        }
        let mut sum = sentiments.iter().fold(0.0, |a, b| a + b);
        let n_question = plain.matches('?').count();
        let question = if n_question <= 1 {
            0.0
        } else if n_question <= 3 {
            n_question as f64 * 0.18
        } else {
            0.96
        };
        let amplifier = plain.matches('!').count().min(4) as f64 * 0.292 + question;
        if sum > 0.0 {
            sum += amplifier;
        } else if sum < 0.0 {
            sum -= amplifier;
        }
        let score: f64 = format!("{:.4}", (sum / (sum * sum + 15.0).sqrt()).clamp(-1.0, 1.0)).parse().unwrap();
        score + 0.0
    }

    fn sentiment(&self, words: &[&str], lower: &[String], differs: bool, i: usize) -> f64 {
        if self.boosters.contains_key(&lower[i]) || i + 1 < words.len() && lower[i] == "kind" && lower[i + 1] == "of" {
            return 0.0;
        }
        let Some(&base) = self.lexicon.get(&lower[i]) else { return 0.0 };
        let mut valence = base;
        if lower[i] == "no" && i != words.len() - 1 && self.lexicon.contains_key(&lower[i + 1]) {
            valence = 0.0;
        }
        if i > 0 && lower[i - 1] == "no"
            || i > 1 && lower[i - 2] == "no"
            || i > 2 && lower[i - 3] == "no" && ["or", "nor"].contains(&lower[i - 1].as_str())
        {
            valence = base * -0.74;
        }
        if is_upper(words[i]) && differs {
            if valence > 0.0 {
                valence += 0.733;
            } else {
                valence -= 0.733;
            }
        }
        for start in 0..3 {
            if i > start && !self.lexicon.contains_key(&lower[i - (start + 1)]) {
                let mut s = self.scalar(words[i - (start + 1)], valence, differs);
                if start == 1 && s != 0.0 {
                    s *= 0.95;
                }
                if start == 2 && s != 0.0 {
                    s *= 0.9;
                }
                valence += s;
                valence = self.negation(valence, lower, start, i);
                if start == 2 {
                    valence = self.idioms(valence, lower, i);
                }
            }
        }
        let is_least = |at: usize| !self.lexicon.contains_key(&lower[at]) && lower[at] == "least";
        if i > 1 && is_least(i - 1) {
            if lower[i - 2] != "at" && lower[i - 2] != "very" {
                valence *= -0.74;
            }
        } else if i > 0 && is_least(i - 1) {
            valence *= -0.74;
        }
        valence
    }

    fn scalar(&self, word: &str, valence: f64, differs: bool) -> f64 {
        let Some(&scalar) = self.boosters.get(&word.to_lowercase()) else { return 0.0 };
        let mut scalar = if valence < 0.0 { -scalar } else { scalar };
        if is_upper(word) && differs {
            scalar += if valence > 0.0 { 0.733 } else { -0.733 };
        }
        scalar
    }

    fn negation(&self, valence: f64, lower: &[String], start: usize, i: usize) -> f64 {
        let is = |back: usize, word: &str| lower[i - back] == word;
        let negated = |back: usize| self.negate.contains(&lower[i - back]) || lower[i - back].contains("n't");
        match start {
            0 if negated(1) => valence * -0.74,
            1 if is(2, "never") && (is(1, "so") || is(1, "this")) => valence * 1.25,
            1 if is(2, "without") && is(1, "doubt") => valence,
            1 if negated(2) => valence * -0.74,
            2 if is(3, "never") && (is(2, "so") || is(2, "this")) || start == 2 && (is(1, "so") || is(1, "this")) => valence * 1.25,
            2 if is(3, "without") && (is(2, "doubt") || is(1, "doubt")) => valence,
            2 if negated(3) => valence * -0.74,
            _ => valence,
        }
    }

    fn idioms(&self, mut valence: f64, lower: &[String], i: usize) -> f64 {
        let join = |from: usize, to: usize| lower[from..=to].join(" ");
        for sequence in [join(i - 1, i), join(i - 2, i), join(i - 2, i - 1), join(i - 3, i - 1), join(i - 3, i - 2)] {
            if let Some(v) = self.special.get(&sequence) {
                valence = *v;
                break;
            }
        }
        if lower.len() - 1 > i {
            valence = self.special.get(&join(i, i + 1)).copied().unwrap_or(valence);
        }
        if lower.len() - 1 > i + 1 {
            valence = self.special.get(&join(i, i + 2)).copied().unwrap_or(valence);
        }
        for n_gram in [join(i - 3, i - 1), join(i - 3, i - 2), join(i - 2, i - 1)] {
            valence += self.boosters.get(&n_gram).copied().unwrap_or(0.0);
        }
        valence
    }
}

fn is_upper(word: &str) -> bool {
    let title = |c: char| matches!(c as u32, 0x1c5 | 0x1c8 | 0x1cb | 0x1f2 | 0x1f88..=0x1f8f | 0x1f98..=0x1f9f | 0x1fa8..=0x1faf | 0x1fbc | 0x1fcc | 0x1ffc);
    word.chars().any(char::is_uppercase) && !word.chars().any(|c| c.is_lowercase() || title(c))
}
