//! Redaction from the outside: identifiers planted in varied writing must go, real feedback must stay as it is; and
//! English is not taken for another language.

use std::fmt::Write;
use std::path::PathBuf;

use outspoken::config::PrivacySettings;
use outspoken::language;
use outspoken::redact::Redactor;
use outspoken::text::normalise;

/// A sequence of numbers that is the same on every machine (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// Fills a form: `#` any digit, `N` 2 to 9, everything else as it is.
    fn fill(&mut self, form: &str) -> String {
        let digit = |dice: &mut Self, low| char::from(b'0' + low + dice.below(10 - usize::from(low)) as u8);
        form.chars()
            .map(|c| match c {
                '#' => digit(self, 0),
                'N' => digit(self, 2),
                c => c,
            })
            .collect()
    }
}

fn card(dice: &mut Dice) -> String {
    let (prefix, length) =
        [("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("37", 15), ("34", 15), ("6011", 16), ("36", 14), ("3530", 16)][dice.below(9)];
    let body = dice.fill(&format!("{prefix}{}", "#".repeat(length - 1 - prefix.len())));
    let digits = (0..10).map(|d| format!("{body}{d}")).find(|number| luhn(number)).expect("one of ten digits checks");
    let sizes: &[usize] = match length {
        15 => &[4, 6, 5],
        14 => &[4, 6, 4],
        _ => &[4, 4, 4, 4],
    };
    let separator = dice.pick(&["", "", " ", " ", "-", "–", ".", "  "]);
    group(&digits, sizes, if sizes.len() == 3 && !matches!(separator, "" | " " | "-") { " " } else { separator })
}

fn luhn(number: &str) -> bool {
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let d = u32::from(b - b'0') * (1 + i as u32 % 2);
            d / 10 + d % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

fn group(digits: &str, sizes: &[usize], separator: &str) -> String {
    let mut rest = digits;
    let mut parts = Vec::new();
    for size in sizes {
        let (part, behind) = rest.split_at((*size).min(rest.len()));
        parts.push(part);
        rest = behind;
    }
    parts.push(rest);
    parts.retain(|part| !part.is_empty());
    parts.join(separator)
}

fn iban(dice: &mut Dice) -> String {
    let form = dice.pick(&[
        "DE##################",
        "GBNWBK##############",
        "FR##########0M#########10",
        "ES####################",
        "NLABNA##########",
        "CH#################",
        "AT################",
        "BE############",
        "IEAIBK##############",
        "ITX######################",
        "PT#####################",
    ]);
    let form = form.strip_prefix("FR").map_or(form.to_owned(), |_| "FR##########0#########0##".to_owned());
    let form = form.replacen("ITX", "ITK", 1);
    let (country, body) = form.split_at(2);
    let body = dice.fill(body);
    let remainder = format!("{body}{country}00").chars().fold(0_u64, |r, c| {
        let value = u64::from(c.to_digit(36).expect("letters and digits"));
        (r * if value > 9 { 100 } else { 10 } + value) % 97
    });
    let iban = format!("{country}{:02}{body}", 98 - remainder);
    let sizes = [4; 9];
    match dice.below(4) {
        0 => iban,
        1 => iban.to_lowercase(),
        2 => group(&iban, &sizes, "-"),
        _ => group(&iban, &sizes, " "),
    }
}

fn ssn(dice: &mut Dice) -> String {
    let form = dice.pick(&["1##-N#-N###", "2## N# N###", "4##-N#-N###", "5##-N#-N###", "3##.N#.N###", "3##–N#–N###"]);
    dice.fill(form)
}

fn email(dice: &mut Dice) -> String {
    let name = dice.pick(&["jane", "j.doe", "jane_doe", "jane+survey", "JANE.DOE", "jd-77", "jürgen", "o'neil", "x"]);
    let domain =
        dice.pick(&["example.com", "mail.example.org", "example.co.uk", "gmail.com", "my-shop.de", "EXAMPLE.NET", "firma.example.fr"]);
    match dice.below(8) {
        0 => format!("{name}(at){domain}"),
        1 => format!("{name} [at] {domain}"),
        2 => "jane dot doe at example dot com".to_owned(),
        3 => format!("{} @ gmail.com", name.to_lowercase()),
        _ => format!("{name}@{domain}"),
    }
}

fn phone(dice: &mut Dice) -> String {
    let form = dice.pick(&[
        "(N##) N##-####",
        "N##-N##-####",
        "N##.N##.####",
        "N## N## ####",
        "N##N######",
        "1-N##-N##-####",
        "+1 N## N## ####",
        "+1N##N######",
        "1 (N##) N##-####",
        "N##-N##-#### ext. ###",
        "(N##)N##-#### x##",
        "+44 20 N### ####",
        "+44 7### ######",
        "07### ######",
        "020 N### ####",
        "+49 89 N######",
        "+49 (0)171 N######",
        "0171 N######",
        "0171/N######",
        "089-N######",
        "0049 171 N######",
        "+33 6 ## ## ## ##",
        "06 ## ## ## ##",
        "06.##.##.##.##",
        "+34 6## ### ###",
        "6## ### ###",
        "+39 3## ### ####",
        "+31 6 ########",
        "06-########",
        "+41 44 N## ## ##",
        "044 N## ## ##",
        "+91 9#### #####",
        "+61 4## ### ###",
        "04## ### ###",
        "+52 55 #### ####",
        "(030) N#######",
        "+4917########",
        "N##–N##–####",
    ]);
    dice.fill(form)
}

fn ip(dice: &mut Dice) -> String {
    let form = dice.pick(&["10.N.1#.#", "192.168.#.1#", "172.16.2.1##", "2001:db8::N#:N##a:1", "fe80::1ff:feN#:45N7:890a"]);
    dice.fill(form)
}

/// Sentences around an identifier; none has a digit or a cue of another kind.
const CARRIERS: [&str; 12] = [
    "{}",
    "Please note {} and thank you.",
    "You can use {}, I think.",
    "I gave them {}; nothing happened.",
    "it was ({}) as always",
    "Details: {}.",
    "They wrote down {}!",
    "why do you need {}? I said so\nbefore",
    "mine is \"{}\" and hers is not",
    "Ich gebe Ihnen {} und warte.",
    "voici {}, merci",
    "es {} gracias",
];

/// Sentences that only telephone numbers stand in.
const CALLS: [&str; 6] = [
    "call me at {}",
    "Tel.: {}",
    "My phone is {}, any time.",
    "You can reach me on {} after work.",
    "llámame al {} por favor",
    "Rufen Sie {} an",
];

type Maker = fn(&mut Dice) -> String;

#[test]
fn planted_identifiers_are_found() {
    let redactor = Redactor::new(&PrivacySettings::default()).unwrap();
    let kinds: [(&str, Maker, usize, f64); 6] = [
        ("card", card, 400, 0.99),
        ("iban", iban, 400, 0.99),
        ("ssn", ssn, 400, 0.99),
        ("email", email, 400, 0.99),
        ("phone", phone, 1200, 0.95),
        ("ip", ip, 400, 0.95),
    ];
    let mut dice = Dice(20);
    let mut report = String::new();
    let mut failed = false;
    for (kind, make, n, least) in kinds {
        let (mut n_found, mut n_exact, mut missed) = (0, 0, Vec::new());
        let (mut raw, mut out, mut removed) = (String::new(), String::new(), Vec::new());
        for _ in 0..n {
            let identifier = make(&mut dice);
            let calls = kind == "phone" && dice.below(2) == 0;
            let carrier = if calls { dice.pick(&CALLS) } else { dice.pick(&CARRIERS) };
            normalise(&carrier.replace("{}", &identifier), &mut raw);
            removed.clear();
            redactor.redact_keeping(&raw, &mut out, &mut removed);
            let expected = carrier.replace("{}", &format!("[{kind}]"));
            // Found: no digit of it (no letter of an address) is left.
            let hidden = out.matches('[').count() == 1 && !out.contains(|c: char| c.is_ascii_digit()) && !out.contains("example");
            n_found += usize::from(hidden);
            n_exact += usize::from(out == expected);
            if out != expected {
                missed.push(format!("{raw:?} -> {out:?}"));
            }
        }
        let recall = n_found as f64 / n as f64;
        writeln!(report, "{kind}: recall {recall:.4}, exact {:.4} of {n}", n_exact as f64 / n as f64).unwrap();
        missed.iter().take(8).for_each(|m| writeln!(report, "    {m}").unwrap());
        failed |= recall < least || (n_exact as f64) < least * n as f64;
    }
    assert!(!failed, "{report}");
}

/// Sets of real feedback that lie beside the project: file, column of the verbatim. They were stripped of personal data
/// by their publishers, so what is masked in them is false.
const REAL: [(&str, &str); 5] = [
    ("banking77/train.csv", "text"),
    ("clothing_reviews/womens_clothing_reviews.csv", "Review Text"),
    ("skytrax_lounge_reviews/lounge.csv", "content"),
    ("cfpb_complaints/cfpb_2015_2020_full_columns.csv", "Consumer complaint narrative"),
    ("cfpb_complaints/cfpb_narrative_product_company.csv", "complaints"),
];

/// The verbatims of a set, normalised; none when it is not there, which is told.
#[expect(clippy::print_stderr, reason = "a test that could not look at the data says so")]
fn verbatims_of(file: &str, column: &str) -> Vec<String> {
    let folder = std::env::var_os("OUTSPOKEN_SHARED_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let path = folder.join(file);
    let Ok(csv) = fs_err::read(&path) else {
        eprintln!("not looked at, since it is not there: {}", path.display());
        return Vec::new();
    };
    let mut verbatims = column_of(&csv, column);
    assert!(verbatims.len() > 300, "{file}: {} verbatims", verbatims.len());
    let mut out = String::new();
    for verbatim in &mut verbatims {
        normalise(verbatim, &mut out);
        verbatim.clone_from(&out);
    }
    verbatims
}

#[test]
fn real_feedback_is_left_alone() {
    let redactor = Redactor::new(&PrivacySettings::default()).unwrap();
    let (mut out, mut twice) = (String::new(), String::new());
    for (file, column) in REAL {
        let verbatims = verbatims_of(file, column);
        let mut n_masked = 0;
        for verbatim in &verbatims {
            n_masked += usize::from(redactor.redact(verbatim, &mut out) > 0);
            assert_eq!(redactor.redact(&out, &mut twice), 0, "{file} twice");
        }
        assert!(n_masked * 1000 <= verbatims.len() * 2, "{file}: {n_masked} of {} masked", verbatims.len());
    }
}

#[test]
fn english_is_not_taken_for_another_language() {
    for (file, column) in REAL.into_iter().chain([("airline_tweets/Tweets.csv", "text")]) {
        let verbatims = verbatims_of(file, column);
        let n_other = verbatims.iter().filter(|v| !matches!(language::detect(v), "en" | "und")).count();
        assert!(n_other * 1000 <= verbatims.len() * 3, "{file}: {n_other} of {}", verbatims.len());
    }
}

#[test]
fn languages_of_tweets_are_told() {
    let sets = [
        ("french", "fr", 85),
        ("spanish", "es", 85),
        ("italian", "it", 80),
        ("portuguese", "pt", 75),
        ("german", "de", 65),
        ("arabic", "ar", 95),
    ];
    for (name, code, least) in sets {
        let verbatims = verbatims_of(&format!("multilingual_sentiment/{name}_valid.csv"), "text");
        let n_right = verbatims.iter().filter(|v| language::detect(v) == code).count();
        let n_wrong = verbatims.iter().filter(|v| ![code, "en", "und"].contains(&language::detect(v))).count();
        assert!(
            n_right * 100 >= verbatims.len() * least && n_wrong * 100 <= verbatims.len() * 2,
            "{name}: {n_right} right, {n_wrong} wrong"
        );
    }
}

/// The fields of one column of a CSV file.
fn column_of(csv: &[u8], column: &str) -> Vec<String> {
    let mut reader = csv_core::Reader::new();
    let (mut field, mut input) = (vec![0; 1 << 20], csv);
    let (mut row, mut wanted, mut i, mut values) = (0, None, 0, Vec::new());
    loop {
        let (result, n_in, n_out) = reader.read_field(input, &mut field);
        input = &input[n_in..];
        match result {
            csv_core::ReadFieldResult::Field { record_end } => {
                let value = String::from_utf8_lossy(&field[..n_out]).into_owned();
                if row == 0 && value == column {
                    wanted = Some(i);
                } else if row > 0 && wanted == Some(i) && !value.is_empty() {
                    values.push(value);
                }
                i = if record_end { 0 } else { i + 1 };
                row += u32::from(record_end);
            }
            csv_core::ReadFieldResult::End => return values,
            csv_core::ReadFieldResult::InputEmpty => {}
            csv_core::ReadFieldResult::OutputFull => panic!("a field over 1 MiB in {column}"),
        }
    }
}
