//! Does an answer say anything?
//!
//! Survey tools make people write something where they have nothing to say: "n/a", "nothing", "-", "asdf". Such
//! answers stay in the tables but are outside the base of themes. Only whole answers count: "nothing works" says a lot.

/// Whether `text`, a normalised verbatim, says something.
///
/// False for empty answers, digits and punctuation alone, single letters, keyboard mash, and phrases that decline to
/// answer in the main languages. An emoji or emoticon says something, and so does "Good".
pub fn is_meaningful(text: &str) -> bool {
    let text = text.trim();
    if is_plainly_said(text) {
        return true;
    }
    let (mut phrase, mut letters) = (Phrase::default(), Letters::default());
    if text.len() < MAX_PHRASE_BYTES && text.is_ascii() {
        if see_ascii(text, &mut letters, &mut phrase) {
            return true;
        }
        return says_something(text, &letters, &phrase);
    }
    is_meaningful_in_any_letters(text, &mut letters, &mut phrase)
}

fn is_meaningful_in_any_letters(text: &str, letters: &mut Letters, phrase: &mut Phrase) -> bool {
    for c in text.chars() {
        if is_emoji(c) {
            return true;
        }
        if letters.see(c) {
            return true;
        }
        phrase.see(c);
    }
    says_something(text, letters, phrase)
}

/// Sees a short text in plain letters, byte by byte; whether that is enough.
fn see_ascii(text: &str, letters: &mut Letters, phrase: &mut Phrase) -> bool {
    let (mut len, mut gap) = (0, false);
    for byte in text.bytes() {
        let is_letter = byte.is_ascii_alphabetic();
        letters.n_words += u32::from(is_letter && !letters.in_word);
        letters.in_word = is_letter || letters.in_word && byte == b'\'';
        if is_letter {
            letters.n += 1;
            letters.seen |= 1 << (byte & 31);
        }
        if is_letter || byte.is_ascii_digit() {
            // No longer than the text: only between two letters there is a gap.
            if std::mem::take(&mut gap) {
                phrase.bytes[len % MAX_PHRASE_BYTES] = b' ';
                len += 1;
            }
            phrase.bytes[len % MAX_PHRASE_BYTES] = byte.to_ascii_lowercase();
            len += 1;
        } else if byte != b'\'' {
            gap = len > 0;
        }
    }
    phrase.len = len;
    letters.n_words > 6 && letters.n_distinct() >= 8
}

/// What is made of the letters of a whole answer.
fn says_something(text: &str, letters: &Letters, phrase: &Phrase) -> bool {
    if letters.n == 0 {
        return EMOTICONS.contains(&text);
    }
    let is_placeholder = text.starts_with('[') && text.ends_with(']') && !text.contains(' ');
    let is_letter = letters.n == 1 && letters.is_latin;
    let is_one_letter = letters.n > 1 && letters.is_latin && letters.n_distinct() == 1;
    !(is_placeholder || is_letter || is_one_letter || phrase.declines() || phrase.is_mash())
}

/// Whether a text is longer than any phrase and has ten different letters, a vowel among them: the most common case, told
/// after some twenty bytes.
fn is_plainly_said(text: &str) -> bool {
    let mut seen = 0_u32;
    text.len() >= MAX_PHRASE_BYTES
        && text.bytes().any(|b| {
            seen |= if b.is_ascii_alphabetic() { 1 << (b & 31) } else { 0 };
            seen.count_ones() >= 10 && seen & VOWELS != 0
        })
}

/// a, e, i, o, u, y as bits by their place in the alphabet.
const VOWELS: u32 = 1 << 1 | 1 << 5 | 1 << 9 | 1 << 15 | 1 << 21 | 1 << 25;

/// What is seen of the letters; an answer with many different ones says something.
#[derive(Debug)]
struct Letters {
    n: u32,
    n_words: u32,
    is_latin: bool,
    seen: u32,
    in_word: bool,
}

impl Default for Letters {
    fn default() -> Self {
        Self { n: 0, n_words: 0, is_latin: true, seen: 0, in_word: false }
    }
}

impl Letters {
    /// Sees one character; whether that is enough.
    ///
    /// No phrase of the list has more than six words, and no mash has eight different letters in two words and more.
    fn see(&mut self, c: char) -> bool {
        let is_letter = c.is_alphabetic();
        self.n_words += u32::from(is_letter && !self.in_word);
        self.in_word = is_letter || self.in_word && matches!(c, '\'' | '’');
        if is_letter {
            self.n += 1;
            self.is_latin &= c < '\u{250}';
            self.seen |= 1 << (c.to_ascii_lowercase() as u32 % 32);
        }
        self.n_words > 6 && self.n_distinct() >= 8
    }

    fn n_distinct(&self) -> u32 {
        self.seen.count_ones()
    }
}

/// The words of an answer in lower case, parted by one space, apostrophes left out.
#[derive(Debug)]
struct Phrase {
    bytes: [u8; MAX_PHRASE_BYTES],
    len: usize,
    too_long: bool,
    gap: bool,
}

/// The longest phrase has 31 bytes; longer answers are not compared.
const MAX_PHRASE_BYTES: usize = 48;

impl Default for Phrase {
    fn default() -> Self {
        Self { bytes: [0; MAX_PHRASE_BYTES], len: 0, too_long: false, gap: false }
    }
}

impl Phrase {
    fn see(&mut self, c: char) {
        if matches!(c, '\'' | '’') || self.too_long {
            return;
        }
        if !c.is_alphanumeric() && !unicode_normalization::char::is_combining_mark(c) {
            self.gap = self.len > 0;
            return;
        }
        if std::mem::take(&mut self.gap) {
            self.push(" ");
        }
        let mut utf8 = [0; 4];
        for lower in c.to_lowercase() {
            self.push(lower.encode_utf8(&mut utf8));
        }
    }

    fn push(&mut self, piece: &str) {
        match self.bytes.get_mut(self.len..self.len + piece.len()) {
            Some(room) => {
                room.copy_from_slice(piece.as_bytes());
                self.len += piece.len();
            }
            None => self.too_long = true,
        }
    }

    fn as_str(&self) -> &str {
        self.bytes.get(..self.len).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    fn declines(&self) -> bool {
        !self.too_long && PHRASES.binary_search(&self.as_str()).is_ok()
    }

    /// Keyboard mash: keys in a row ("asdf", "qwerty"), a few of them over and over ("sdfsdf"), or five consonants and
    /// more without a vowel. Words people shorten so ("pls", "thx") have fewer.
    fn is_mash(&self) -> bool {
        !self.too_long && self.as_str().split(' ').all(is_mash_word)
    }
}

fn is_mash_word(word: &str) -> bool {
    if word.len() < 3 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return false;
    }
    let runs = |keys: &str| {
        let (first, second) = (keys.as_bytes()[0], keys.as_bytes()[1]);
        BESIDE[usize::from(first - b'a')] >> (second - b'a') & 1 == 1 && ROWS.iter().any(|row| row.contains(keys) || is_reversed(row, keys))
    };
    if word.len() >= 4 && runs(word) {
        return true;
    }
    let repeats = (2..=5).any(|n| {
        let chunk = word.get(..n).unwrap_or_default();
        word.len() >= n + 3 && word.bytes().zip(chunk.bytes().cycle()).all(|(a, b)| a == b) && (runs(chunk) || !has_vowel(chunk))
    });
    // "flash" and "salads" lie on the home row too, but their letters do not follow one another there.
    let home = word.bytes().all(|b| b"asdfghjkl".contains(&b))
        && ["asd", "sdf", "dfg", "fgh", "jkl", "lkj", "kjh", "hgf"].iter().any(|run| word.contains(run));
    repeats || home || word.len() >= 5 && !has_vowel(word)
}

fn has_vowel(word: &str) -> bool {
    word.bytes().any(|b| b"aeiouy".contains(&b))
}

fn is_reversed(row: &str, keys: &str) -> bool {
    row.as_bytes().windows(keys.len()).any(|w| w.iter().rev().eq(keys.as_bytes()))
}

/// Rows of keys of English, German and French keyboards.
const ROWS: [&str; 7] = ["qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "zxcvbnm", "yxcvbnm"];

/// For each letter those beside it on any of these rows, as bits: most words end here.
const BESIDE: [u32; 26] = {
    let mut beside = [0; 26];
    let mut row = 0;
    while row < ROWS.len() {
        let keys = ROWS[row].as_bytes();
        let mut i = 1;
        while i < keys.len() {
            let (left, right) = (keys[i - 1] - b'a', keys[i] - b'a');
            beside[left as usize] |= 1 << right;
            beside[right as usize] |= 1 << left;
            i += 1;
        }
        row += 1;
    }
    beside
};

/// Pictures made of punctuation.
const EMOTICONS: [&str; 16] = [":)", ":-)", ":(", ":-(", ";)", ";-)", ":/", ":-/", ":|", ":'(", "<3", "</3", "=)", "=(", "(:", "):"];

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{203c}' | '\u{2049}' | '\u{2600}'..='\u{27bf}' | '\u{2b50}' | '\u{2b55}' | '\u{1f000}'..='\u{1faff}')
}

/// Answers that decline to answer, as [`Phrase`] writes them, in byte order.
#[rustfmt::skip]
const PHRASES: &[&str] = &[
    "asdf", "aucun", "aucun commentaire", "aucune", "aucune remarque", "bla bla", "bla bla bla", "blah", "blah blah", "blah blah blah",
    "brak", "brak uwag", "dk", "do not know", "dont know", "dunno", "ei", "ei kommentoitavaa", "ei mitaan", "ei mitään", "en tiedä",
    "entfaellt", "entfällt", "geen", "geen commentaar", "geen idee", "geen opmerkingen", "hayir", "hayır", "i dont know", "idk",
    "inga kommentarer", "ingen", "ingen kommentar", "ingen kommentarer", "ingenting", "ingenting å si", "inget", "intet", "je ne sais pas",
    "just testing", "k a", "ka", "kein kommentar", "keine", "keine ahnung", "keine angabe", "keine angaben", "keine anmerkung",
    "keine anmerkungen", "keine kommentare", "keiner", "keines", "không", "không có", "n a", "n a n a", "n v t", "na", "nada",
    "nada a declarar", "nada a dizer", "nada mas", "nada más", "nada por el momento", "nan", "nao", "nao sei", "ne", "neant", "nee", "nei",
    "nein", "nej", "nem", "nenhum", "nenhuma", "nessun commento", "nessuna", "nessuno", "nevim", "nevím", "nic", "nichts", "nichts weiter",
    "nichts zu sagen", "nie", "nie wiem", "niente", "niets", "nil", "nimic", "nincs", "ningun comentario", "ninguna", "ninguno",
    "ninguno ninguno", "ningún comentario", "nix", "no", "no additional comments", "no answer", "no aplica", "no comment",
    "no comment at this time", "no comments", "no comments at this time", "no feedback", "no further comment", "no further comments",
    "no hay", "no idea", "no no", "no nothing", "no opinion", "no other comments", "no response", "no se", "no suggestion",
    "no suggestions", "no sé", "no thank you", "no thanks", "non", "non applicable", "non so", "none", "none at this time", "none none",
    "nope", "not applicable", "not really", "not sure", "nothing", "nothing at this time", "nothing comes to mind", "nothing else",
    "nothing further", "nothing i can think of", "nothing in particular", "nothing more", "nothing nothing", "nothing really",
    "nothing specific", "nothing to add", "nothing to report", "nothing to say", "nu", "null", "nulla", "nvt", "não", "não sei", "néant",
    "pas de commentaire", "pas de commentaires", "por el momento nada", "r a s", "ras", "rien", "rien a dire", "rien a signaler",
    "rien à dire", "rien à signaler", "sans avis", "sans objet", "sans opinion", "sem comentarios", "sem comentários", "semmi",
    "sin comentario", "sin comentarios", "tak ada", "tbd", "test", "test test", "testing", "tiada", "tidak", "tidak ada", "unknown",
    "unsure", "vet ej", "vet inte", "void", "weet ik niet", "weet niet", "weiss ich nicht", "weiss nicht", "weiß ich nicht", "weiß nicht", "yok", "yorum yok",
    "δεν ξέρω", "τίποτα", "όχι", "не", "не знаю", "нет", "нет комментариев", "ничего", "нищо", "ні", "нічого", "אין", "כלום", "לא", "خیر",
    "لا", "لا تعليق", "لا شئ", "لا شيء", "لا يوجد", "نہیں", "هیچ", "कुछ नहीं", "कुछ भी नहीं", "नहीं", "ไม่มี", "ありません", "なし", "无", "沒有",
    "没", "没有", "無", "無し", "特にありません", "特にない", "特になし", "없다", "없습니다", "없어요", "없음",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expected: bool, texts: &[&str]) {
        for text in texts {
            assert_eq!(is_meaningful(text), expected, "{text}");
        }
    }

    #[test]
    fn phrases_are_sorted_and_short() {
        assert!(PHRASES.is_sorted());
        assert!(PHRASES.iter().all(|p| p.len() < MAX_PHRASE_BYTES));
        for phrase in PHRASES {
            check(false, &[phrase, &format!(" {}. ", phrase.to_uppercase())]);
        }
    }

    #[test]
    fn answers_that_say_nothing() {
        check(
            false,
            &[
                "",
                " ",
                "-",
                "...",
                "…",
                "?",
                "n/a",
                "N/A.",
                "NA",
                "n.a.",
                "None",
                "nothing!",
                "No comments",
                "No",
                "x",
                "X",
                ".",
                "5",
                "10/10",
                "123 456",
            ],
        );
        check(
            false,
            &[
                "asdf",
                "asdfgh",
                "ASDFASDF",
                "qwerty",
                "sdfsdf",
                "jkljkl",
                "aaaa",
                "xxxx",
                "XXXX XXXX",
                "dfghj",
                "sdkfjh",
                "fghfgh dfgdfg",
                "asdkj",
                "lkjasd",
            ],
        );
        check(
            false,
            &["Nada", "keine", "Rien.", "nichts", "Ninguno", "niente", "geen", "don't know", "I don’t know", "特になし", "нет", "[phone]"],
        );
    }

    #[test]
    fn answers_that_say_something() {
        check(
            true,
            &[
                "Good",
                "ok",
                "👍",
                "❤️",
                ":)",
                "nothing works",
                "no wifi",
                "None of the staff smiled",
                "Were",
                "tree",
                "glass",
                "salads",
                "5 stars",
            ],
        );
        check(
            true,
            &[
                "pls",
                "thx",
                "好",
                "良い",
                "Gut",
                "Bien",
                "no se puede usar",
                "was",
                "rhythm",
                "flash",
                "A+ service",
                "Preis",
                "no no no no no bad hotel",
            ],
        );
    }

    proptest::proptest! {
        #[test]
        fn plain_letters_are_seen_as_any_letters(text in "([A-Za-z]{1,9}|n/a|don't|asdf|[0-9]| |[ .'!-]{1,3}|x){0,9}") {
            let text = text.trim();
            proptest::prop_assert_eq!(
                is_meaningful(text),
                is_plainly_said(text) || is_meaningful_in_any_letters(text, &mut Letters::default(), &mut Phrase::default())
            );
            for word in text.split(' ').filter(|word| word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase())) {
                let runs = ROWS.iter().any(|row| row.contains(word) || is_reversed(row, word));
                proptest::prop_assert!(!runs || is_mash_word(word) || word.len() == 3, "{}", word);
            }
        }

        #[test]
        fn any_text_has_an_answer(text in ".{0,100}") {
            is_meaningful(&text);
        }
    }
}
