//! Is what datasets/ ships usable as it is?

use std::path::{Path, PathBuf};

use outspoken::config::{self, ScoreKind, Settings};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets")
}

fn check(name: &str, sources: &[&str], verbatims: &[&str], n_scores: usize) -> Settings {
    let settings = config::load(&folder().join("configs").join(name)).unwrap();
    assert_eq!(settings.sources.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), sources, "{name}");
    assert_eq!(settings.sources[0].verbatims, verbatims, "{name}");
    assert_eq!(settings.sources[0].scores.len(), n_scores, "{name}");
    settings
}

#[test]
fn settings_for_public_data_are_accepted() {
    let cfpb = check("cfpb_complaints.toml", &["cfpb_complaints"], &["Consumer complaint narrative"], 0);
    assert_eq!(cfpb.sources[0].id.as_deref(), Some("Complaint ID"));
    check("airline_tweets.toml", &["airline_tweets"], &["text"], 0);
    let amazon =
        check("amazon_reviews.toml", &["amazon_reviews", "amazon_fine_foods", "amazon_reviews_csv"], &["reviewText", "summary"], 1);
    assert!(amazon.sources.iter().all(|source| source.received_at.is_some() && !source.files.is_empty()));
    let clothing = check("clothing_reviews.toml", &["clothing_reviews"], &["Review Text", "Title"], 2);
    assert_eq!(clothing.sources[0].received_at, None);
    let lounges = check("skytrax_lounge_reviews.toml", &["skytrax_lounges"], &["content"], 10);
    let overall: Vec<_> = lounges.sources[0].scores.iter().filter(|score| score.measure == "overall").collect();
    assert_eq!((overall[0].scale, overall[0].until.as_deref()), (Some([1.0, 5.0]), Some("2015-06-08")));
    assert_eq!((overall[1].scale, overall[1].from.as_deref()), (Some([1.0, 10.0]), Some("2015-06-09")));
    assert!(lounges.sources[0].scores.iter().all(|score| score.kind == ScoreKind::Rating));
}

#[test]
fn each_of_them_says_where_the_data_is_from_and_how_it_is_run() {
    let mut names = Vec::new();
    for entry in fs_err::read_dir(folder().join("configs")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs_err::read_to_string(&path).unwrap();
        for word in ["# Where:", "# Licence:", "# Month:", "outspoken run ", &name] {
            assert!(text.contains(word), "{name} lacks `{word}`");
        }
        names.push(name);
    }
    let readme = fs_err::read_to_string(folder().join("README.md")).unwrap();
    assert!(names.len() == 5 && names.iter().all(|name| readme.contains(name.as_str())), "{names:?}");
}
