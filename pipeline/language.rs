//! Which language is a verbatim in?
//!
//! In: a normalised text. Out: an ISO 639-1 code, or `und` for what is too short, too mixed or no language
//! at all. Feedback is mostly English and mostly short, where letter statistics guess wildly ("Good" is Somali to them).
//! So words decide first: the commonest ones of 22 languages written in Latin letters, looked up in the beginning
//! of the text. Scripts that belong to one language decide by themselves. Only a text of some length without such
//! words is asked of the trigram model of `whatlang`.
//!
//! Of 28,000 English tweets and reviews 2 are called another language and 148 left undecided; the model
//! alone leaves a third of the tweets undecided. Of tweets in French, Spanish, Italian, Portuguese and German 92, 92,
//! 88, 81 and 72 in 100 are told and one in 100 wrongly; most others are names, hashtags or English.

mod model;
mod scripts;
mod words;

use crate::text::{Gap, Word, WordTable};
use scripts::Script;
use words::{N_LANGUAGES, Packed};

/// The ISO 639-1 code of the language of `text`, or `und` when it is too short or too mixed to say.
pub fn detect(text: &str) -> &'static str {
    Evidence::gather(text).decide(text)
}

/// Tells the language of texts that are cut into words already; remembers what it knows of each distinct word of one table.
#[derive(Debug, Default)]
pub struct Detector {
    known: Vec<Known>,
    generation: u32,
}

impl Detector {
    /// The same as [`detect`] for `text`, of which `words` are all words, in the table.
    pub fn detect(&mut self, text: &str, words: &[Word], table: &WordTable) -> &'static str {
        if self.generation != table.generation() {
            self.generation = table.generation();
            self.known.clear();
        }
        for id in self.known.len()..table.len() {
            self.known.push(Known::of(table.folded(crate::text::WordId(id as u32))));
        }
        Evidence::gather_words(text, words, &self.known).decide(text)
    }
}

/// What is known of a distinct word.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// As bits.
    languages: u32,
    /// 0: not made of ASCII letters alone, or very long, so that its bytes must be looked at.
    n_bytes: u8,
    is_mask: bool,
}

impl Known {
    fn of(folded: &str) -> Self {
        let plain = folded.bytes().all(|b| b.is_ascii_lowercase());
        let mut word = Reading::default();
        folded.bytes().for_each(|b| word.push(b));
        Self { languages: word.languages(), n_bytes: if plain { folded.len().try_into().unwrap_or(0) } else { 0 }, is_mask: word.is_mask() }
    }
}

/// The beginning of a text that is looked at: more words change less than 0.1 % of decisions and cost as much again.
const MAX_WORDS: u32 = 32;
const MAX_BYTES: usize = 400;

/// What the beginning of a text says about its language.
#[derive(Debug, Default)]
struct Evidence {
    /// Words of Latin letters, handles, hashtags and links left out.
    n_words: u32,
    n_latin: u32,
    n_latin_marked: u32,
    n_cyrillic: u32,
    n_arabic: u32,
    n_han: u32,
    n_kana: u32,
    n_other: u32,
    other: Option<&'static str>,
    /// The languages of each known word, as bits.
    languages: [u32; MAX_WORDS as usize],
    n_languages: usize,
    /// Words of English alone, and words of others but not of English.
    n_english: u32,
    n_not_english: u32,
    /// Languages, as bits, that have a word of five bytes and more for themselves.
    own_long: u32,
    /// Bytes looked at.
    end: usize,
}

impl Evidence {
    fn gather(text: &str) -> Self {
        let mut evidence = Self::default();
        evidence.read(text, 0, text.len());
        evidence
    }

    /// The same as [`Evidence::gather`], with what is known of words in place of their bytes.
    fn gather_words(text: &str, words: &[Word], known: &[Known]) -> Self {
        let mut evidence = Self::default();
        let mut at = 0;
        for word in words {
            let (start, end) = (word.start_byte as usize, word.end_byte as usize);
            if start < at {
                continue; // part of a handle, hashtag or link
            }
            // What is so near the end of the beginning is left to the slow way.
            if end + 2 >= MAX_BYTES || evidence.n_words + 1 >= MAX_WORDS {
                break;
            }
            if start > at {
                at = evidence.read(text, at, start);
                if at > start {
                    continue;
                }
            }
            let word_known = &known[word.id.index()];
            if word_known.n_bytes == 0 || word.marks.is_wide() {
                at = evidence.read(text, start, end);
                if evidence.is_plainly_english() {
                    return evidence;
                }
                continue;
            }
            evidence.see_known(word_known);
            if evidence.is_plainly_english() {
                return evidence;
            }
            at = end;
            at += match word.marks.gap() {
                Gap::Space => 1,
                Gap::Pause | Gap::Outcry => 2,
                Gap::Other => 0,
            };
        }
        evidence.read(text, at, text.len());
        evidence
    }

    /// Reads the bytes from `at` to `until`, between which a word neither begins before nor goes on behind; returns where the reading ended.
    fn read(&mut self, text: &str, mut at: usize, until: usize) -> usize {
        let bytes = text.as_bytes();
        let evidence = self;
        let mut word = Reading::default();
        while at < until && at < MAX_BYTES && evidence.n_words < MAX_WORDS && !evidence.is_plainly_english() {
            let byte = bytes[at];
            if byte.is_ascii_alphabetic() {
                word.push(byte | 0x20);
                at += 1;
                continue;
            }
            if byte.is_ascii() {
                evidence.see(&mut word);
                at += 1;
                if matches!(byte, b'@' | b'#') || byte == b':' && bytes.get(at) == Some(&b'/') {
                    at = token_end(bytes, at);
                } else if byte.is_ascii_digit() || byte == b'_' {
                    at += bytes.iter().skip(at).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
                }
                continue;
            }
            let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
            at += c.len_utf8();
            match scripts::script(c) {
                Script::Latin => {
                    evidence.n_latin_marked += 1;
                    let mut utf8 = [0; 4];
                    for lower in c.to_lowercase() {
                        lower.encode_utf8(&mut utf8).bytes().for_each(|b| word.push(b));
                    }
                    continue;
                }
                Script::Cyrillic => evidence.n_cyrillic += 1,
                Script::Arabic => evidence.n_arabic += 1,
                Script::Han => evidence.n_han += 1,
                Script::Kana => evidence.n_kana += 1,
                Script::Of(language) => {
                    evidence.n_other += 1;
                    evidence.other = evidence.other.or(Some(language));
                }
                Script::None => {}
            }
            evidence.see(&mut word);
        }
        if at >= until {
            evidence.see(&mut word);
        }
        evidence.end = at;
        at
    }

    /// The language that the evidence speaks for.
    fn decide(&self, text: &str) -> &'static str {
        if self.is_plainly_english() {
            return "en";
        }
        let weights = self.weigh();
        self.of_script(text).or_else(|| self.of_words(&weights)).or_else(|| self.of_trigrams(text, &weights)).unwrap_or("und")
    }

    /// Whether there are three words of English alone and three more for each word of other languages alone ("per"): of
    /// 4,500 tweets in eight languages none is decided otherwise for it, and it spares two thirds of the work on English.
    fn is_plainly_english(&self) -> bool {
        self.n_english >= 3 + 3 * self.n_not_english && self.n_latin_marked == 0
    }

    /// Counts a word that has ended.
    fn see(&mut self, word: &mut Reading) {
        if word.n_bytes > 0 {
            self.count(word.n_bytes, word.is_mask(), word.languages());
            *word = Reading::default();
        }
    }

    fn see_known(&mut self, word: &Known) {
        self.count(u32::from(word.n_bytes), word.is_mask, word.languages);
    }

    fn count(&mut self, n_bytes: u32, is_mask: bool, languages: u32) {
        self.n_latin += n_bytes;
        self.n_words += u32::from(!is_mask);
        self.n_english += u32::from(languages == 1);
        self.n_not_english += u32::from(languages != 0 && languages & 1 == 0);
        if languages != 0
            && let Some(slot) = self.languages.get_mut(self.n_languages)
        {
            *slot = languages;
            self.n_languages += 1;
            self.own_long |= if languages.is_power_of_two() && n_bytes >= 5 { languages } else { 0 };
        }
    }

    /// Turns the languages of the words into figures by language.
    fn weigh(&self) -> Weights {
        let mut all = Weights { hits: [0; N_LANGUAGES], weights: [0; N_LANGUAGES] };
        for languages in self.languages.iter().take(self.n_languages) {
            let weight = match languages.count_ones() {
                1 => 4,
                2 => 3,
                _ => 1,
            };
            let mut rest = *languages;
            while rest != 0 {
                let language = rest.trailing_zeros() as usize;
                all.hits[language] += 1;
                all.weights[language] += weight;
                rest &= rest - 1;
            }
        }
        all
    }

    /// A script that most letters are of and that tells the language.
    fn of_script(&self, text: &str) -> Option<&'static str> {
        let foreign = self.n_cyrillic + self.n_arabic + self.n_han + self.n_kana + self.n_other;
        // A letter of another script says more than one of Latin, which names and links are written in.
        if foreign < 2 || foreign * 2 < self.n_latin {
            return None;
        }
        let beginning = text.get(..self.end).unwrap_or(text);
        let most = [self.n_cyrillic, self.n_arabic, self.n_han + self.n_kana, self.n_other].into_iter().max()?;
        if most == self.n_other {
            self.other
        } else if most == self.n_cyrillic {
            Some(scripts::of_cyrillic(beginning))
        } else if most == self.n_arabic {
            Some(scripts::of_arabic(beginning))
        } else if self.n_kana > 0 {
            Some("ja")
        } else {
            Some("zh")
        }
    }

    /// The language whose common words the text has, when no other comes near.
    fn of_words(&self, all: &Weights) -> Option<&'static str> {
        let (weights, hits) = (&all.weights, &all.hits);
        let english = weights[0];
        let mut best = 0;
        for (i, weight) in weights.iter().enumerate() {
            best = if *weight > weights[best] { i } else { best };
        }
        // "a", "no" and "to" are words of half of Europe: in a longer text, or one with marked letters, they do not do.
        let own = self.n_english > 0 || hits[0] * 10 >= self.n_words * 4;
        let doubtful = !own && (self.n_words >= 4 || self.n_latin_marked > 0);
        let near = english >= weights[best] || english * 5 >= weights[best] * 4 && self.n_latin_marked == 0;
        if english > 0 && near && !doubtful {
            return Some("en");
        }
        if best == 0 {
            return None;
        }
        // Malay and Indonesian share most of these words, and the model knows only one of them: a tie is Indonesian.
        let rivals = weights.iter().enumerate().filter(|(i, _)| *i != best && !(words::code(best) == "id" && words::code(*i) == "ms"));
        let second = rivals.map(|(_, weight)| *weight).max().unwrap_or(0);
        let (weight, hits) = (weights[best], hits[best]);
        // One word is a name or a slip, unless it is long, one language's own, and nearly all there is: "Grazie mille".
        let alone = english == 0 && self.n_words <= 5 && self.own_long == 1 << best;
        let enough = hits >= 3 && weight >= 5 || hits >= 2 && weight >= 6 || english == 0 && hits >= 2 && weight >= 4 || alone;
        let share = hits * 10 >= self.n_words * 2;
        let ahead = weight > second && weight * 2 >= english * 3;
        (enough && share && ahead).then(|| words::code(best))
    }

    /// What the trigram model says of a text with few known words, when it is sure and the text long enough.
    fn of_trigrams(&self, text: &str, all: &Weights) -> Option<&'static str> {
        if self.n_words < 4 || self.n_latin < 24 {
            return None;
        }
        let info = whatlang::detect(text.get(..self.end)?)?;
        let language = model::code(info.lang())?;
        if language == "en" {
            return (info.confidence() > 0.2).then_some("en");
        }
        // English words speak against any other language, letters with marks for it.
        let english = all.weights[0];
        let own = (0..N_LANGUAGES).find(|i| words::code(*i) == language).map_or(0, |i| all.weights[i]);
        let marked = self.n_latin_marked > 0;
        let sure = info.confidence() >= if marked || own > english { 0.5 } else { 0.8 };
        let unlike_english = english == 0;
        (sure && (own + u32::from(marked) * 4 > english || unlike_english)).then_some(language)
    }
}

/// What the words of a text say for each language.
struct Weights {
    /// Words that a language has among its commonest.
    hits: [u32; N_LANGUAGES],
    /// The same, weighted by how few languages share the word.
    weights: [u32; N_LANGUAGES],
}

/// A word while it is read.
#[derive(Debug)]
struct Reading {
    packed: u64,
    n_bytes: u32,
    all_x: bool,
}

impl Default for Reading {
    fn default() -> Self {
        Self { packed: 0, n_bytes: 0, all_x: true }
    }
}

impl Reading {
    fn push(&mut self, byte: u8) {
        self.packed = self.packed << 8 | u64::from(byte);
        self.n_bytes += 1;
        self.all_x &= byte == b'x';
    }

    /// Whether it stands for something that was taken out.
    fn is_mask(&self) -> bool {
        self.n_bytes > 1 && self.all_x
    }

    /// The languages that have it among their commonest words, as bits.
    fn languages(&self) -> u32 {
        // "w/" is short for "with" far more often than a Polish preposition.
        let is_short_for_with = self.packed == u64::from(b'w');
        if self.n_bytes > 8 || self.is_mask() || is_short_for_with { 0 } else { words::languages(Packed(self.packed)) }
    }
}

/// The end of a handle, hashtag or link.
fn token_end(bytes: &[u8], at: usize) -> usize {
    at + bytes.iter().skip(at).take(MAX_BYTES).take_while(|b| !b.is_ascii_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[(&str, &[&str])]) {
        for (language, texts) in rows {
            for text in *texts {
                assert_eq!(detect(text), *language, "{text}");
            }
        }
    }

    #[test]
    fn short_english_is_english_or_undecided() {
        for text in [
            "Good",
            "n/a",
            "Great service",
            "ok",
            "No",
            "Nothing",
            "Excellent",
            "Very good",
            "Fast",
            "Love it!!",
            "Friendly staff",
            "A",
            "Cheap",
            "Top",
        ] {
            assert!(matches!(detect(text), "en" | "und"), "{text}: {}", detect(text));
        }
    }

    #[test]
    fn languages_by_their_words() {
        check(&[
            ("en", &["I waited two hours and nobody called me back", "THE STAFF WAS RUDE", "XXXX charged my account"]),
            (
                "de",
                &[
                    "Ich habe zwei Stunden gewartet und niemand hat sich gemeldet",
                    "Sehr schlechter Service, nie wieder!",
                    "Die Lieferung war nicht da",
                ],
            ),
            ("fr", &["J'ai attendu deux heures et personne ne m'a rappelé", "Le service est très mauvais"]),
            ("es", &["Esperé dos horas y nadie me llamó", "El servicio fue muy malo"]),
            ("pt", &["Esperei duas horas e ninguém me ligou, não recomendo", "O atendimento foi muito ruim"]),
            ("it", &["Ho aspettato due ore e nessuno mi ha richiamato", "Il servizio non è stato molto buono"]),
            ("nl", &["Ik heb twee uur gewacht en niemand belde mij terug"]),
            ("sv", &["Jag väntade i två timmar och ingen ringde mig"]),
            ("fi", &["Palvelu oli todella hyvä ja nopea, kiitos"]),
            ("pl", &["Czekałem dwie godziny i nikt do mnie nie zadzwonił"]),
            ("tr", &["İki saat bekledim ve kimse beni aramadı, çok kötü"]),
            ("hu", &["Két órát vártam és senki nem hívott vissza"]),
            ("id", &["Saya sudah menunggu dua jam dan tidak ada yang menelepon"]),
            ("und", &["", "12345", "...", "👍👍", "@united #fail http://x.co/abc", "xxxx"]),
        ]);
    }

    #[test]
    fn languages_by_their_script() {
        check(&[
            ("ru", &["Обслуживание было очень плохим, вы не перезвонили"]),
            ("uk", &["Я чекав дві години і ніхто не подзвонив"]),
            ("bg", &["Обслужването беше лошо, чаках два часа"]),
            ("el", &["Περίμενα δύο ώρες"]),
            ("ar", &["انتظرت ساعتين ولم يتصل بي أحد"]),
            ("fa", &["دو ساعت منتظر ماندم و کسی زنگ نزد"]),
            ("he", &["חיכיתי שעתיים"]),
            ("hi", &["मैंने दो घंटे इंतज़ार किया"]),
            ("ja", &["サービスがとても良かったです"]),
            ("zh", &["服务非常好"]),
            ("ko", &["서비스가 아주 좋았습니다"]),
            ("th", &["บริการดีมาก"]),
        ]);
    }

    proptest::proptest! {
        #[test]
        fn words_say_what_bytes_say(text in "((the|is|great|staff|per|la|casa|el|not|w|xx|don't|4th|@user|#tag|http://t.co/x|it_is|é|ñandú|’|за|—|\\PC)( |, |! |-|\\. |'|/|_|)){0,40}") {
            let (mut table, mut words) = (WordTable::default(), Vec::new());
            crate::text::cut_words(&text, &mut table, &mut words);
            proptest::prop_assert_eq!(
                format!("{:?}", Detector::default().detect(&text, &words, &table)),
                format!("{:?}", detect(&text))
            );
        }

        #[test]
        fn any_text_has_an_answer(text in ".{0,200}") {
            proptest::prop_assert!(detect(&text).len() <= 3);
        }
    }
}
