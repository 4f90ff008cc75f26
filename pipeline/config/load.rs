//! From the settings file to [`Settings`], with the place of everything that cannot be used.

use std::path::Path;

use super::Settings;
use crate::clock::Calendar;
use crate::error::{Error, Result, nearest};

/// Reads a settings file; relative paths in it start at its folder.
///
/// Fails with [`Error::Setting`] for a key that is not known (with the nearest known one), a value of the
/// wrong type and a value out of range, each with its line.
pub fn load(path: &Path) -> Result<Settings> {
    let text = fs_err::read_to_string(path).map_err(Error::io("cannot read the settings"))?;
    let mut settings = parse(&text, &path.display().to_string())?;
    settings.folder = path.parent().map(Path::to_owned).unwrap_or_default();
    Ok(settings)
}

/// Reads settings from text; `name` is the file's name for messages.
pub(crate) fn parse(text: &str, name: &str) -> Result<Settings> {
    let settings: Settings = toml::from_str(text).map_err(|error| setting_error(&error, text, name))?;
    check(&settings, text, name)?;
    Ok(settings)
}

fn setting_error(error: &toml::de::Error, text: &str, name: &str) -> Error {
    let start = error.span().map_or(0, |span| span.start);
    let message = error.message().to_owned();
    let hint = message.strip_prefix("unknown field `").and_then(|rest| {
        let (key, rest) = rest.split_once('`')?;
        let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
        Some(match nearest(key, &known) {
            Some(found) => format!("did you mean `{found}`?"),
            None => format!("known keys here: {}", known.join(", ")),
        })
    });
    let what = match message.split_once(", expected") {
        Some((unknown, _)) if hint.is_some() => unknown.replace("field", "key"),
        _ => message,
    };
    Error::Setting { place: format!("{name}:{}", line_of(text, start)), what, hint }
}

fn line_of(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|b| *b == b'\n').count()
}

/// What types cannot hold: values out of range and blocks that contradict each other.
fn check(settings: &Settings, text: &str, name: &str) -> Result<()> {
    let fail = |key: &str, what: String, hint: &str| {
        let line = text.lines().position(|l| l.contains(key)).map_or_else(String::new, |i| format!(":{}", i + 1));
        Err(Error::Setting { place: format!("{name}{line}"), what, hint: Some(hint.to_owned()) })
    };
    if let Err(error) = Calendar::of(&settings.hotline.calendar) {
        return fail("[hotline.calendar]", error.to_string(), &error.hint().unwrap_or_default());
    }
    for (i, handover) in settings.handovers.iter().enumerate() {
        let is_taken = settings.handovers.iter().take(i).any(|other| other.name == handover.name);
        if handover.name.trim().is_empty() || is_taken {
            return fail(
                "[[handover]]",
                "each hand-over needs a name of its own".to_owned(),
                "name it after the receiver, as in `name = \"crm\"`",
            );
        }
        if handover.file.is_some() != handover.command.is_empty() {
            let what = format!("hand-over `{}` has neither or both of a file and a command", handover.name);
            return fail(&handover.name, what, "give `file = \"care.jsonl\"` or `command = [\"notify\", \"--stdin\"]`");
        }
        if handover.file.as_deref().is_some_and(|file| !stays_below(Path::new(file))) {
            let what = format!("the file of hand-over `{}` leaves the output directory", handover.name);
            return fail(&handover.name, what, "give a relative path without `..`, as in `file = \"handover/care.jsonl\"`");
        }
    }
    for (i, source) in settings.sources.iter().enumerate() {
        if source.name.trim().is_empty() {
            return fail(
                "name",
                "the name of a source is empty".to_owned(),
                "name it after the survey or log, as in `name = \"relationship_survey\"`",
            );
        }
        if settings.sources.iter().take(i).any(|other| other.name == source.name) {
            return fail(
                &source.name,
                format!("two sources are named `{}`", source.name),
                "a name is part of every key: give each source its own",
            );
        }
        if source.files.is_empty() && settings.sources.len() > 1 {
            return fail(
                &source.name,
                format!("source `{}` does not say which files it takes", source.name),
                "add `files = [\"survey_*.csv\"]`",
            );
        }
        if jiff::tz::TimeZone::get(&source.time_zone).is_err() {
            return fail(
                "time_zone",
                format!("time zone `{}` is not known", source.time_zone),
                "use an IANA name such as `America/New_York` or `UTC`",
            );
        }
        for score in &source.scores {
            let place = format!("\"{}\"", score.column);
            if let Some([worst, best]) = score.scale
                && (!worst.is_finite() || !best.is_finite() || worst == best)
            {
                return fail(
                    &place,
                    format!("scale [{worst}, {best}] of `{}` has no length", score.column),
                    "give the worst and the best point, as in `scale = [1, 5]`; [5, 1] is a reversed scale",
                );
            }
            for day in [&score.from, &score.until].into_iter().flatten() {
                if day.parse::<jiff::civil::Date>().is_err() {
                    return fail(day, format!("`{day}` is not a day"), "write days as YYYY-MM-DD");
                }
            }
        }
    }
    let names: Vec<&str> = settings.sources.iter().map(|source| source.name.as_str()).collect();
    for (pool, sources) in &settings.measures.pool {
        if pool.trim().is_empty() || names.contains(&pool.as_str()) {
            let what = format!("a pool cannot be named `{pool}`");
            return fail("pool", what, "give it a name that no source has, as in `pool = { surveys = [\"survey_a\", \"survey_b\"] }`");
        }
        if let Some(unknown) = sources.iter().find(|source| !names.contains(&source.as_str())) {
            let hint = match nearest(unknown, &names) {
                Some(found) => format!("did you mean `{found}`?"),
                None => format!("the sources are {}", names.join(", ")),
            };
            return fail("pool", format!("pool `{pool}` names a source that there is not: `{unknown}`"), &hint);
        }
    }
    Ok(())
}

/// Whether a path leads to a place below that in which it starts.
fn stays_below(path: &Path) -> bool {
    path.components().all(|part| matches!(part, std::path::Component::Normal(_))) && path.file_name().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        let error = parse(text, "outspoken.toml").unwrap_err();
        format!("{error} | {}", error.hint().unwrap_or_default())
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line_and_the_nearest_known_one() {
        assert_eq!(
            message("[[source]]\nname = \"s\"\nverbatim = [\"Comment\"]\n"),
            "outspoken.toml:3: unknown key `verbatim` | did you mean `verbatims`?"
        );
    }

    #[test]
    fn values_out_of_range_are_refused() {
        assert!(message("[[source]]\nname=\"a\"\n[[source.score]]\ncolumn = \"Q1\"\nscale = [3, 3]\n").contains("has no length"));
        assert!(message("[[source]]\nname=\"a\"\ntime_zone = \"Mars\"\n").starts_with("outspoken.toml:3: time zone `Mars` is not known"));
        assert!(
            message("[[source]]\nname=\"a\"\nfiles=[\"a\"]\n[[source]]\nname=\"a\"\nfiles=[\"b\"]\n").contains("two sources are named")
        );
    }

    #[test]
    fn the_example_of_the_reference_is_accepted() {
        let text = r#"
            [[source]]
            name = "relationship_survey"
            files = ["survey_*.csv"]
            id = "Response ID"
            received_at = "Date"
            time_zone = "America/New_York"
            verbatims = ["What should we improve?"]
            [[source.score]]
            column = "Q3 Billing"
            measure = "billing"
            kind = "csat"
            scale = [1, 5]
            area = "Billing"
            [themes]
            max = 80
            [privacy]
            redact = ["card"]
        "#;
        let settings = parse(text, "x").unwrap();
        assert_eq!(settings.sources[0].scores[0].scale, Some([1.0, 5.0]));
        assert_eq!(settings.hotline.max_age_days, 45);
    }
}
