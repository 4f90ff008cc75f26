//! What would classic VADER say?
//!
//! The compound score of vaderSentiment 3.3.2, equal to four decimals for every text, mistakes included: it is the figure
//! that others know, beside the project's own. Method: Hutto & Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment
//! Analysis of Social Media Text", ICWSM 2014. A text is cut at white space; each token is looked up once without new memory
//! (module `tokens`), and only tokens that carry a valence are then weighed with what stands around them (module `valence`). The tests
//! hold a literal port of the reference and compare.

mod lexicon;
#[cfg(test)]
mod literal;
mod tokens;
mod valence;

use crate::text::Verbatim;

use lexicon::Lexicon;
pub use tokens::Scratch;

/// The compiled data of classic VADER; immutable, shared by all workers.
#[derive(Debug)]
pub struct Vader {
    lexicon: Lexicon,
}

impl Vader {
    /// Compiles the data in lexicons/vader/.
    pub fn compile() -> Self {
        Self { lexicon: Lexicon::compile() }
    }

    /// `SentimentIntensityAnalyzer().polarity_scores(text)["compound"]`: from -1 to 1, rounded to four decimals, 0 for a text
    /// without a token. `scratch` is memory to use again.
    pub fn compound(&self, text: &str, scratch: &mut Scratch) -> f64 {
        scratch.read(&self.lexicon, text);
        valence::compound(&self.lexicon, scratch)
    }

    /// The same for a verbatim, using the words that were cut already.
    pub fn compound_of(&self, verbatim: &Verbatim<'_>, scratch: &mut Scratch) -> f64 {
        scratch.read_words(&self.lexicon, verbatim);
        valence::compound(&self.lexicon, scratch)
    }
}

/// The same for one text alone: compiles the data for each call, so keep a [`Vader`] for more than one.
pub fn compound(text: &str) -> f64 {
    Vader::compile().compound(text, &mut Scratch::default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::literal::Literal;
    use super::*;
    use crate::text::{Tokens, WordTable};

    fn all_three(vader: &Vader, literal: &Literal, table: &mut WordTable, text: &str) {
        let expected = literal.compound(text);
        let mut scratch = Scratch::default();
        assert_eq!(vader.compound(text, &mut scratch), expected, "{text:?}");
        let mut tokens = Tokens::default();
        tokens.cut(text, table);
        let verbatim = Verbatim { text, words: &tokens.words, clauses: &tokens.clauses, table, language: "en" };
        assert_eq!(vader.compound_of(&verbatim, &mut scratch), expected, "by words: {text:?}");
    }

    /// Scores printed by the reference itself.
    #[test]
    fn scores_of_the_reference() {
        let rows = [
            ("", 0.0),
            ("   ", 0.0),
            ("The book was good.", 0.4404),
            ("VADER is smart, handsome, and funny.", 0.8316),
            ("VADER is VERY SMART, uber handsome, and FRIGGIN FUNNY!!!", 0.9469),
            ("VADER is not smart, handsome, nor funny.", -0.7424),
            ("At least it isn't a horrible book.", 0.431),
            ("The plot was good, but the characters are uncompelling and the dialog is not great.", -0.7042),
            ("Today SUX!", -0.5461),
            ("Today only kinda sux! But I'll get by, lol", 0.5249),
            ("Make sure you :) or :D today!", 0.8633),
            ("Catch utf-8 emoji such as 💘 and 💋 and 😁", 0.875),
            ("Not bad at all", 0.431),
            ("No problem at all, thanks", 0.6319),
            ("I am fed up and never so angry", -0.7229),
        ];
        let (vader, literal, mut table) = (Vader::compile(), Literal::new(), WordTable::default());
        for (text, expected) in rows {
            assert_eq!(vader.compound(text, &mut Scratch::default()), expected, "{text}");
            all_three(&vader, &literal, &mut table, text);
        }
    }

    #[test]
    fn hostile_texts() {
        let (vader, literal, mut table) = (Vader::compile(), Literal::new(), WordTable::default());
        let long = format!("{} but {}", "good bad ".repeat(300), "GREAT awful ok ".repeat(300));
        let word = "x".repeat(100_000);
        for text in [
            "\u{1c}good\u{85}bad\u{a0}great",
            "good\u{3000}BAD ﬁne K\u{212a}iss \u{212a}ISS İ ǅ",
            "'''good''' ..no.. (n't) don't DON'T wouldn't've great",
            "no no no good no bad or nor great",
            "x😀y ❤️good 👍🏽great🙌",
            "never so this good without a doubt bad least at least very least love",
            "the shit the bomb bad ass badass bus stop yeah right kiss of death to die for beating heart just enough sort of nice",
            "$: %) %-) &-: &: :) ;) d: d= o.o _good_ good_bad 1:) <3 :'(",
            "A GOOD thing I LIKE 1A a1",
            "\0good\0 \u{7f}bad",
            &long,
            &word,
        ] {
            all_three(&vader, &literal, &mut table, text);
        }
    }

    /// What [`Scratch::read_words`] takes for granted.
    #[test]
    fn no_short_word_with_a_mark_is_in_the_data() {
        let is_such = |term: &str| {
            let word = term.trim_end_matches([',', '.', '!', '?']);
            word.len() < term.len() && word.len() <= 2 && word.bytes().all(|b| b.is_ascii_alphanumeric()) && !word.is_empty()
        };
        assert_eq!(lexicon::FILES.iter().flat_map(|file| lexicon::rows(file)).find(|(term, ..)| is_such(term)), None);
    }

    proptest! {
        #[test]
        fn fast_equals_literal(parts in prop::collection::vec((0_usize..5, 0_usize..20_000, 0_usize..6, 0_usize..13), 0..30)) {
            let vader = VADER.get_or_init(Vader::compile);
            let literal = LITERAL.get_or_init(Literal::new);
            let mut text = String::new();
            for (kind, n, case, gap) in parts {
                let word = literal.pick(kind, n);
                match case {
                    0 => text.push_str(&word.to_uppercase()),
                    1 => {
                        let mut chars = word.chars();
                        text.extend(chars.next().map(|c| c.to_uppercase().to_string()));
                        text.push_str(chars.as_str());
                    }
                    _ => text.push_str(&word),
                }
                text.push_str([" ", " ", " ", " ", ", ", "! ", "? ", "\u{a0}", "-", "", " ...", "’ ", ". "][gap]);
            }
            all_three(vader, literal, &mut WordTable::default(), &text);
        }

        #[test]
        fn fast_equals_literal_on_any_text(text in any::<String>(), more in "[a-zA-Z' .!?,:()\u{85}’😀-😂]{0,80}") {
            let vader = VADER.get_or_init(Vader::compile);
            let literal = LITERAL.get_or_init(Literal::new);
            all_three(vader, literal, &mut WordTable::default(), &text);
            all_three(vader, literal, &mut WordTable::default(), &more);
        }
    }

    static VADER: std::sync::OnceLock<Vader> = std::sync::OnceLock::new();
    static LITERAL: std::sync::OnceLock<Literal> = std::sync::OnceLock::new();
}
