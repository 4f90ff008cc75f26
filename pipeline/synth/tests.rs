use std::collections::{BTreeMap, BTreeSet};

use super::*;

fn made(shape: Shape, format: Format, rows: u64, seed: u64) -> Vec<u8> {
    let mut out = Vec::new();
    write(&SynthSettings { rows, seed, shape, format, ..SynthSettings::default() }, &mut out).unwrap();
    out
}

/// The rows of a CSV, header first.
fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv_core::Reader::new();
    let (mut output, mut ends) = (vec![0; 1 << 20], vec![0; 64]);
    let (mut rows, mut rest) = (Vec::new(), bytes);
    loop {
        let (result, n_read, _, n_ends) = reader.read_record(rest, &mut output, &mut ends);
        rest = &rest[n_read..];
        match result {
            csv_core::ReadRecordResult::Record => {
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let field = |(start, end): (usize, &usize)| String::from_utf8(output[start..*end].to_vec()).unwrap();
                rows.push(starts.zip(&ends[..n_ends]).map(field).collect());
            }
            csv_core::ReadRecordResult::End => return rows,
            csv_core::ReadRecordResult::InputEmpty => {}
            full => panic!("{full:?}"),
        }
    }
}

fn column(rows: &[Vec<String>], name: &str) -> Vec<String> {
    let at = rows[0].iter().position(|column| column == name).unwrap();
    rows[1..].iter().map(|row| row[at].clone()).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_everywhere() {
    let kinds = [
        (Shape::Survey, Format::Csv),
        (Shape::Survey, Format::Jsonl),
        (Shape::Complaints, Format::Csv),
        (Shape::Complaints, Format::Jsonl),
    ];
    let found = kinds.map(|(shape, format)| {
        let bytes = made(shape, format, 1_000, 42);
        assert_ne!(bytes, made(shape, format, 1_000, 43));
        format!("{:016x}", xxhash_rust::xxh3::xxh3_64(&bytes))
    });
    // A change of these is a change of every file that was ever made: say so in the changelog.
    assert_eq!(found, ["7328c7aed48d5fd4", "91e97f59436aa0fb", "eb25822cdf013a3c", "00e109d7d9623f74"]);
}

#[test]
fn as_many_rows_as_asked_for_with_unique_ids_and_all_fields() {
    for (shape, id) in [(Shape::Survey, "Response ID"), (Shape::Complaints, "Complaint ID")] {
        for n in [0, 1, 7, 5_000] {
            let rows = rows(&made(shape, Format::Csv, n, 1));
            assert_eq!(rows.len() as u64, n + 1);
            assert!(rows.iter().all(|row| row.len() == rows[0].len()));
            assert_eq!(column(&rows, id).into_iter().collect::<BTreeSet<_>>().len() as u64, n);
        }
    }
}

#[test]
fn csv_and_json_lines_say_the_same() {
    for shape in [Shape::Survey, Shape::Complaints] {
        let csv = rows(&made(shape, Format::Csv, 500, 9));
        let json = made(shape, Format::Jsonl, 500, 9);
        let mut n = 0;
        for (line, row) in std::str::from_utf8(&json).unwrap().lines().zip(&csv[1..]) {
            let object: BTreeMap<String, serde_json::Value> = serde_json::from_str(line).unwrap();
            for (name, value) in csv[0].iter().zip(row) {
                let found = match &object[name] {
                    serde_json::Value::Null => String::new(),
                    serde_json::Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                assert_eq!(&found, value);
            }
            n += 1;
        }
        assert_eq!(n, 500);
    }
}

#[test]
fn rows_are_spread_over_the_months_in_order() {
    let months = last_months(4, Month::new(2027, 1));
    assert_eq!(months.iter().map(Month::to_string).collect::<Vec<_>>(), ["2026-10", "2026-11", "2026-12", "2027-01"]);
    let mut out = Vec::new();
    write(&SynthSettings { rows: 4_000, months, ..SynthSettings::default() }, &mut out).unwrap();
    let dates = column(&rows(&out), "Survey date");
    let days: Vec<&str> = dates.iter().map(|date| date.split_once(' ').unwrap().0).collect();
    assert!(days.is_sorted());
    for month in ["2026-10", "2026-11", "2026-12", "2027-01"] {
        assert_eq!(days.iter().filter(|day| day.starts_with(month)).count(), 1_000);
    }
    assert_eq!((days[0], days[3_999]), ("2026-10-01", "2027-01-31"));
}

/// Shares and lengths of a column of texts.
struct Texts {
    median: usize,
    mean: usize,
    longest: usize,
    per_mille_empty: usize,
    per_mille_repeated: usize,
    per_mille_not_ascii: usize,
    n_words: usize,
}

fn texts_of(texts: &[String]) -> Texts {
    let mut lengths: Vec<usize> = texts.iter().map(|t| t.chars().count()).filter(|n| *n > 0).collect();
    lengths.sort_unstable();
    let mut seen = BTreeSet::new();
    let n_repeated = texts.iter().filter(|t| !t.is_empty() && !seen.insert(*t)).count();
    let words: BTreeSet<&str> = texts.iter().flat_map(|t| t.split(|c: char| !c.is_alphanumeric())).collect();
    Texts {
        median: lengths[lengths.len() / 2],
        mean: lengths.iter().sum::<usize>() / lengths.len(),
        longest: *lengths.last().unwrap(),
        per_mille_empty: (texts.len() - lengths.len()) * 1000 / texts.len(),
        per_mille_repeated: n_repeated * 1000 / lengths.len(),
        per_mille_not_ascii: texts.iter().filter(|t| !t.is_ascii()).count() * 1000 / lengths.len(),
        n_words: words.len(),
    }
}

#[test]
fn survey_comments_have_the_shape_of_real_ones() {
    let rows = rows(&made(Shape::Survey, Format::Csv, 10_000, 1));
    let texts = column(&rows, "What is the main reason for your score?");
    let all = texts_of(&texts);
    assert!((54..68).contains(&all.median), "{}", all.median);
    assert!((76..96).contains(&all.mean), "{}", all.mean);
    assert!(all.longest > 1_000, "{}", all.longest);
    assert!((180..220).contains(&all.per_mille_empty), "{}", all.per_mille_empty);
    assert!((50..130).contains(&all.per_mille_repeated), "{}", all.per_mille_repeated);
    assert!((30..70).contains(&all.per_mille_not_ascii), "{}", all.per_mille_not_ascii);
    // Ten times the text has several times the words: the vocabulary has a tail.
    let tenth = texts_of(&texts[..1_000]).n_words;
    assert!(all.n_words > 3 * tenth, "{tenth}, {}", all.n_words);
}

#[test]
fn complaint_narratives_have_the_shape_of_real_ones() {
    let rows = rows(&made(Shape::Complaints, Format::Csv, 4_000, 1));
    let texts = column(&rows, "Complaint narrative");
    let all = texts_of(&texts);
    assert!((570..680).contains(&all.median), "{}", all.median);
    assert!((770..870).contains(&all.mean), "{}", all.mean);
    let share = |what: &str| texts.iter().filter(|t| t.contains(what)).count() * 1000 / texts.len();
    assert!((350..550).contains(&share("\n\n")), "{}", share("\n\n"));
    assert!((600..950).contains(&share("XX")), "{}", share("XX"));
    assert!(all.per_mille_repeated < 20);
}

#[test]
fn words_and_scores_agree() {
    let rows = rows(&made(Shape::Survey, Format::Csv, 10_000, 5));
    let (scores, texts) = (column(&rows, "Recommend (0-10)"), column(&rows, "What is the main reason for your score?"));
    let (mut happy, mut unhappy) = ([0; 2], [0; 2]);
    for (score, text) in scores.iter().zip(&texts) {
        let promoter = match score.parse::<u8>() {
            Ok(9..=10) => 0,
            Ok(0..=6) => 1,
            _ => continue,
        };
        let text = text.to_lowercase();
        happy[promoter] += u32::from(["great", "helpful", "recommend"].iter().any(|word| text.contains(word)));
        unhappy[promoter] += u32::from(["terrible", "nobody", "too expensive"].iter().any(|word| text.contains(word)));
    }
    assert!(happy[0] > 3 * happy[1], "{happy:?}");
    assert!(unhappy[1] > 3 * unhappy[0], "{unhappy:?}");
}

#[test]
fn a_failing_writer_is_an_error() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("full"))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    assert!(write(&SynthSettings::default(), &mut Full).is_err());
}
