//! Tests of sentiment: what is said of verbatims as customers write them.

use outspoken::stage::sentiment::{Lexicons, Scored, Scorer};
use outspoken::text::{Tokens, Verbatim, WordTable};

/// A scorer with its tokens.
struct Harness<'l> {
    scorer: Scorer<'l>,
    tokens: Tokens,
    table: WordTable,
}

impl<'l> Harness<'l> {
    fn new(lexicons: &'l Lexicons) -> Self {
        Self { scorer: Scorer::new(lexicons), tokens: Tokens::default(), table: WordTable::default() }
    }

    fn score(&mut self, text: &str, language: &str) -> Scored {
        self.tokens.cut(text, &mut self.table);
        let mut scored = Scored::default();
        let (words, clauses) = (&self.tokens.words, &self.tokens.clauses);
        self.scorer.score(&Verbatim { text, words, clauses, table: &self.table, language }, &mut scored);
        assert_eq!(scored.clauses.len(), clauses.len(), "one score for each clause: {text}");
        for score in scored.clauses.iter().chain([&scored.sentiment, &scored.vader]).flatten() {
            assert!((-1.0..=1.0).contains(score), "{text}: {score}");
        }
        scored
    }

    fn explain(&mut self, text: &str) -> serde_json::Value {
        self.tokens.cut(text, &mut self.table);
        let (words, clauses) = (&self.tokens.words, &self.tokens.clauses);
        let verbatim = Verbatim { text, words, clauses, table: &self.table, language: "en" };
        serde_json::to_value(self.scorer.explain(&verbatim)).expect("an explanation is plain data")
    }
}

fn check(language: &str, rows: &[(&str, &str)]) {
    let lexicons = Lexicons::shipped().expect("the shipped lexicons compile");
    let mut harness = Harness::new(&lexicons);
    for (text, label) in rows {
        let scored = harness.score(text, language);
        assert_eq!(scored.label.unwrap_or("none"), *label, "{text}: {:?}", scored.sentiment);
    }
}

#[test]
fn labels_of_english_feedback() {
    check(
        "en",
        &[
            ("No problem at all, thanks!", "positive"),
            ("I have no complaints.", "positive"),
            ("Could not be happier with the installer.", "positive"),
            ("Works as advertised.", "positive"),
            ("I am fed up.", "negative"),
            ("What a rip-off", "negative"),
            ("They gave me the run around again", "negative"),
            ("On hold for 45 minutes, then they hung up on me", "negative"),
            ("Transferred four times and nobody could tell me why", "negative"),
            ("Not only was it fast but also friendly", "positive"),
            ("It would have been nice to get a call", "negative"),
            ("I wish the menu was easier", "negative"),
            ("not bad", "positive"),
            ("I can't say I didn't enjoy it", "positive"),
            ("The agent was friendly but the bill is still wrong", "negative"),
            ("gooood service 👍🏽", "positive"),
            ("💓💓", "positive"),
            ("❤️", "positive"),
            ("thanks :)", "positive"),
            ("My account XXXX was opened in XX/XX/XXXX", "none"),
            ("The technician arrived on Tuesday.", "neutral"),
            ("table and chair", "none"),
            ("", "none"),
            ("recieved excelent help", "positive"),
            ("never called me back", "negative"),
            ("will never use them again", "negative"),
        ],
    );
}

#[test]
fn labels_in_other_languages() {
    check("de", &[("Das gefällt mir nicht", "negative"), ("nicht schlecht", "positive"), ("Sehr freundlich und schnell", "positive")]);
    check("es", &[("El servicio es pésimo", "negative"), ("Muy buena atención, lo recomiendo", "positive"), ("nunca más", "negative")]);
    check("fr", &[("Ce n'est pas bon", "negative"), ("Très satisfait, merci", "positive"), ("aucune réponse", "negative")]);
    check("pt", &[("Não recomendo", "negative"), ("Ótimo atendimento", "positive")]);
    check("it", &[("Non funziona", "negative"), ("Personale gentilissimo", "positive")]);
    check("nl", &[("Werkt niet", "negative"), ("Heel blij met de service", "positive")]);
    check("pl", &[("Bardzo dobrze", "none")]);
}

#[test]
fn a_language_without_a_lexicon_has_no_score() {
    let lexicons = Lexicons::shipped().unwrap();
    let mut harness = Harness::new(&lexicons);
    let scored = harness.score("good bad great", "pl");
    assert_eq!((scored.sentiment, scored.vader, scored.label, scored.emotion), (None, None, None, None));
    assert!(harness.score("good", "und").vader.is_some());
    assert!(harness.score("gut", "de").vader.is_none());
}

#[test]
fn emotions_and_effort() {
    let lexicons = Lexicons::shipped().unwrap();
    let mut harness = Harness::new(&lexicons);
    for (text, emotion, effort) in [
        ("I was so disappointed", Some("let_down"), false),
        ("I am not happy", Some("let_down"), false),
        ("Nobody ever called me back", Some("ignored"), false),
        ("This is so frustrating", Some("frustrated"), false),
        ("furious", Some("angry"), false),
        ("What a relief", Some("relieved"), false),
        ("I was delighted", Some("delighted"), false),
        ("I had to call four times", None, true),
        ("I did not have to call back", None, false),
        ("I don't understand the bill", Some("confused"), false),
    ] {
        let scored = harness.score(text, "en");
        assert_eq!((scored.emotion, scored.effort), (emotion, effort), "{text}");
    }
}

#[test]
fn the_users_layer_wins_and_changes_the_fingerprint() {
    let text = "# lexicon: sentiment\n# language: en\n# layer: mine\nfrobnicated\t3\ngood\t-2\n";
    let lexicons = Lexicons::with(&[("mine.tsv".to_owned(), text.to_owned())], "en").unwrap();
    let mut harness = Harness::new(&lexicons);
    assert_eq!(harness.score("frobnicated", "en").label, Some("positive"));
    assert_eq!(harness.score("good", "und").label, Some("negative"));
    assert_eq!(harness.explain("good")["clauses"][0]["terms"][0]["place"], "mine.tsv:5");
    assert_ne!(lexicons.fingerprint(), Lexicons::shipped().unwrap().fingerprint());
    assert_eq!(Lexicons::shipped().unwrap().fingerprint(), Lexicons::shipped().unwrap().fingerprint());
}

#[test]
fn an_explanation_names_what_changed_each_term() {
    let lexicons = Lexicons::shipped().unwrap();
    let mut harness = Harness::new(&lexicons);
    let found = harness.explain("Café was not very COMFORTABLE, sadly!");
    let term = &found["clauses"][0]["terms"][0];
    assert_eq!(term["text"], "COMFORTABLE");
    assert_eq!((&term["start_char"], &term["end_char"]), (&18.into(), &29.into()));
    let changes: Vec<&str> = term["changes"].as_array().unwrap().iter().map(|change| change["what"].as_str().unwrap()).collect();
    assert_eq!(changes, ["boosted", "capitals", "negated"]);
    assert_eq!(term["changes"][2]["by"], "not");
    assert!(found["arithmetic"].as_str().unwrap().contains('→'));
}

#[test]
fn marks_at_the_very_end_count() {
    let lexicons = Lexicons::shipped().expect("the shipped lexicons compile");
    let mut harness = Harness::new(&lexicons);
    let mut score = |text: &str| harness.score(text, "en").sentiment.expect("a term");
    assert!(score("it is good!") > score("it is good"));
    assert!(score("is it good?") < score("is it good"));
}

#[test]
fn order_and_history_do_not_change_a_score() {
    let lexicons = Lexicons::shipped().unwrap();
    let texts = ["I love it, sooo good", "never again!!", "why can't you help?", "okay", "GREAT but slow 😡", "not good or helpful :("];
    let mut one = Harness::new(&lexicons);
    let forward: Vec<Scored> = texts.iter().map(|text| one.score(text, "en")).collect();
    for (text, expected) in texts.iter().zip(&forward).rev() {
        assert_eq!(one.score(text, "en"), *expected, "{text}");
        assert_eq!(Harness::new(&lexicons).score(text, "en"), *expected, "{text}");
    }
}

#[test]
fn hostile_texts_do_no_harm() {
    let lexicons = Lexicons::shipped().unwrap();
    let mut harness = Harness::new(&lexicons);
    let long = "not good ".repeat(2_000);
    let clauses = "good; bad; ".repeat(2_000);
    let word = "é".repeat(50_000);
    for text in ["\0\u{202e}\u{feff}", "!!!???", ":)", ":", "<3", "👨‍👩‍👧‍👦", "a\u{301}\u{301}\u{301}", "n't n't", &long, &clauses, &word]
    {
        for language in ["en", "und", "de", "xx", ""] {
            harness.score(text, language);
        }
        harness.explain(text);
    }
}
