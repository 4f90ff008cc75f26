//! Goals in a run: figures are held against them, and follow when they change.

use outspoken::config;

use crate::support::{Place, column, run_with};

fn survey(place: &Place) {
    let rows = (0..40).map(|i| {
        format!(
            "R-{i},2026-09-{:02},{},Visit {i} went as it should and {} was friendly.\n",
            i % 28 + 1,
            1 + i % 5,
            ["Ann", "the engineer", "everybody"][i % 3]
        )
    });
    place.write("survey.csv", format!("Response ID,Date,Overall satisfaction,Comment\n{}", rows.collect::<String>()));
    place.write("outspoken.toml", "goals = \"goals.toml\"\n");
}

fn goal(place: &Place, measure: &str, mean: f64) {
    place.write("goals.toml", format!("[[goal]]\nmeasure = \"{measure}\"\nstatistic = \"mean\"\ngoal = {{ \"2026-09\" = {mean} }}\n"));
}

#[test]
fn figures_follow_when_goals_change_though_no_row_does() {
    let place = Place::new();
    survey(&place);
    let run = |mean| {
        goal(&place, "overall_satisfaction", mean);
        let mut options = place.options(&["survey.csv"]);
        options.settings = config::load(&place.path("outspoken.toml")).expect("settings");
        let outcome = run_with(&options).expect("the run completes");
        let statuses = column(&place.out(), "kpi_month", "status").into_iter().filter(|s| s != "null").collect::<Vec<_>>();
        (outcome.manifest.rows.new, outcome.manifest.warnings.len(), statuses)
    };
    assert_eq!(run(2.0), (40, 0, vec!["met".to_owned()]));
    assert_eq!(run(4.9), (0, 0, vec!["missed".to_owned()]));
}

#[test]
fn a_goal_that_nothing_is_held_against_is_told() {
    let place = Place::new();
    survey(&place);
    goal(&place, "overal_satisfaction", 4.0);
    let printed = place.program(&["run", "survey.csv", "--config", "outspoken.toml", "--out", "out", "--as-of", crate::support::AS_OF]);
    let errors = String::from_utf8_lossy(&printed.stderr);
    assert!(
        errors.contains("the goal for `overal_satisfaction` has no answers to hold against; did you mean `overall_satisfaction`?"),
        "{errors}"
    );
}
