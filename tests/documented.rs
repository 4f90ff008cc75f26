//! What can be set and what can go wrong is in the documentation.

use outspoken::config::{ScoreSettings, Settings, SourceSettings};
use outspoken::source::Reason;

const FEEDING: &str = include_str!("../docs/feeding.md");

#[test]
fn every_reject_reason_is_in_the_page_with_its_meaning() {
    for (reason, about) in Reason::ALL {
        assert!(FEEDING.contains(&format!("| `{}` | {about} |", reason.as_str())), "{}", reason.as_str());
    }
}

#[test]
fn every_key_of_the_settings_is_in_the_page() {
    let source = SourceSettings { scores: vec![ScoreSettings::default()], ..SourceSettings::default() };
    let settings = Settings { sources: vec![source], ..Settings::default() };
    let value = serde_json::to_value(settings).expect("settings are maps of text and numbers");
    let mut keys = Vec::new();
    gather(&value, &mut keys);
    assert!(keys.len() > 40, "{keys:?}");
    let missing: Vec<&String> = keys
        .iter()
        .filter(|key| {
            !FEEDING.contains(&format!("`{key}`")) && !FEEDING.contains(&format!("[{key}]")) && !FEEDING.contains(&format!(".{key}]"))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// `outspoken schema --duckdb > docs/views.sql` after a change of the tables.
#[test]
fn the_views_for_duckdb_are_those_of_the_tables() {
    assert_eq!(include_str!("../docs/views.sql"), outspoken::schema::duckdb_views(""), "docs/views.sql is out of date");
}

fn gather(value: &serde_json::Value, keys: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(map) => map.iter().for_each(|(key, value)| {
            keys.push(key.clone());
            gather(value, keys);
        }),
        serde_json::Value::Array(values) => values.iter().for_each(|value| gather(value, keys)),
        _ => {}
    }
}
