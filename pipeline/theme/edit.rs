//! What did people change about the themes, and where does a clause go by it?
//!
//! Edits are events of review.db and never touch the registry: what the registry found for a clause stays known, and an edit says where
//! that leads. So an edit outlives runs and refits, and undoing it leads everything back. [`Edits`] is what follows from all
//! events; [`Shown`] is the list of themes as people see it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use super::{Origin, Registry, Status, store};
use crate::error::{Error, Result};
use crate::stage::embed::Vector;

/// A change that a person made to one theme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Edit {
    /// It is called otherwise.
    Rename {
        /// The new name.
        label: String,
    },
    /// Its clauses are another theme's, in all months.
    Merge {
        /// Id of the other theme.
        into: String,
    },
    /// Its clauses are those of several new themes, each clause of the one nearest to it.
    Split {
        /// The new themes.
        parts: Vec<Part>,
    },
    /// A refit keeps it as it is, with its id.
    Pin,
    /// It takes no clauses: those that it had are about no theme.
    Retire,
    /// An earlier change is taken back.
    Undo {
        /// Number of that change.
        event: i64,
    },
}

impl Edit {
    /// The word for it in commands and tables.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Rename { .. } => "rename",
            Self::Merge { .. } => "merge",
            Self::Split { .. } => "split",
            Self::Pin => "pin",
            Self::Retire => "retire",
            Self::Undo { .. } => "undo",
        }
    }
}

/// A theme that came from splitting another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Its id.
    pub id: String,
    /// Readable name.
    pub label: String,
    /// Key terms, best first.
    pub keywords: Vec<String>,
    /// Distinct clauses that it was made of.
    pub n_clauses: usize,
    /// Its centre.
    #[serde(with = "store::vector")]
    pub centroid: Option<Vector>,
}

/// A change with who made it and when.
#[derive(Clone, Debug, PartialEq)]
pub struct ThemeEvent {
    /// Its number, going up.
    pub number: i64,
    /// The theme that it is about.
    pub theme_id: String,
    /// When, microseconds since 1970-01-01T00:00Z.
    pub at: i64,
    /// Who; none: not said.
    pub who: Option<String>,
    /// What.
    pub edit: Edit,
}

/// Where the clauses of a theme go.
#[derive(Clone, Debug, PartialEq)]
enum Way {
    Into(String),
    Parts(Vec<Part>),
    Nowhere,
}

/// What follows from all events together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edits {
    labels: BTreeMap<String, String>,
    ways: BTreeMap<String, Way>,
    pinned: BTreeSet<String>,
    in_force: Vec<ThemeEvent>,
}

/// Where a clause goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled<'e> {
    /// To this theme.
    Theme(&'e str),
    /// To none: the theme is retired.
    Nowhere,
}

/// A theme as people see it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shown {
    /// Its id.
    pub theme_id: String,
    /// Readable name, as people changed it.
    pub label: String,
    /// Key terms, best first.
    pub keywords: Vec<String>,
    /// The wider theme.
    pub parent_id: Option<String>,
    /// 1: top level.
    pub level: u8,
    /// Whether it takes clauses: active, retired or merged.
    pub status: &'static str,
    /// The theme that has its clauses now.
    pub merged_into: Option<String>,
    /// Functional area.
    pub area: Option<String>,
    /// Where it came from: discovered, seeded or split.
    pub origin: &'static str,
    /// Whether a refit keeps it.
    pub pinned: bool,
    /// Whether clauses can be of it at all: a wider theme has none itself, nor has one that was split.
    pub takes_clauses: bool,
}

impl Edits {
    /// From all events, in the order of their numbers.
    pub fn of(events: &[ThemeEvent]) -> Self {
        // An undo can itself be undone: from the last to the first, each event that still holds takes back the one it names.
        let mut undone: BTreeSet<i64> = BTreeSet::new();
        for event in events.iter().rev().filter(|event| matches!(event.edit, Edit::Undo { .. })) {
            if let (Edit::Undo { event: number }, false) = (&event.edit, undone.contains(&event.number)) {
                undone.insert(*number);
            }
        }
        let mut edits = Self::default();
        for event in events.iter().filter(|event| !undone.contains(&event.number)) {
            let theme = event.theme_id.clone();
            match &event.edit {
                Edit::Rename { label } => {
                    edits.labels.insert(theme, label.clone());
                }
                Edit::Merge { into } => {
                    edits.ways.insert(theme, Way::Into(into.clone()));
                }
                Edit::Split { parts } => {
                    edits.ways.insert(theme, Way::Parts(parts.clone()));
                }
                Edit::Pin => {
                    edits.pinned.insert(theme);
                }
                Edit::Retire => {
                    edits.ways.insert(theme, Way::Nowhere);
                }
                Edit::Undo { .. } => continue,
            }
            edits.in_force.push(event.clone());
        }
        edits
    }

    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        self.in_force.is_empty()
    }

    /// Changes that were not taken back, oldest first.
    pub fn in_force(&self) -> &[ThemeEvent] {
        &self.in_force
    }

    /// Whether a refit keeps the theme.
    pub fn is_pinned(&self, theme: &str) -> bool {
        self.pinned.contains(theme)
    }

    /// The name that a person gave the theme.
    pub fn label(&self, theme: &str) -> Option<&str> {
        self.labels.get(theme).map(String::as_str)
    }

    /// A hash of where clauses go, 32 hexadecimal digits: equal ones need no table to be read again.
    pub fn fingerprint(&self) -> String {
        let mut hash = Xxh3::new();
        for (theme, way) in &self.ways {
            hash.update(theme.as_bytes());
            match way {
                Way::Into(into) => hash.update(format!(">{into};").as_bytes()),
                Way::Nowhere => hash.update(b"-;"),
                Way::Parts(parts) => parts.iter().for_each(|part| hash.update(format!("/{}", part.id).as_bytes())),
            }
        }
        format!("{:032x}", hash.digest128())
    }

    /// Whether clauses of the theme go elsewhere than to itself.
    pub fn moves(&self, theme: &str) -> bool {
        self.ways.contains_key(theme)
    }

    /// Whether the way of the theme's clauses depends on what they say.
    pub fn reads(&self, theme: &str) -> bool {
        let mut at = theme;
        for _ in 0..=self.ways.len() {
            match self.ways.get(at) {
                Some(Way::Into(into)) => at = into,
                Some(Way::Parts(_)) => return true,
                _ => return false,
            }
        }
        false
    }

    /// Where a clause goes that the registry found to be of `theme`; `vector` is asked for when the theme was split, and a clause
    /// without one goes to the first part.
    pub fn settle<'e>(&'e self, theme: &'e str, vector: Option<&Vector>) -> Settled<'e> {
        let mut at = theme;
        // Longer than the number of edits is no way: the check of new edits refuses circles.
        for _ in 0..=self.ways.len() {
            match self.ways.get(at) {
                None => return Settled::Theme(at),
                Some(Way::Nowhere) => return Settled::Nowhere,
                Some(Way::Into(into)) => at = into,
                Some(Way::Parts(parts)) => match nearest_part(parts, vector) {
                    Some(part) => at = &part.id,
                    None => return Settled::Theme(at),
                },
            }
        }
        Settled::Theme(at)
    }

    /// Whether an edit can be made; `themes` is the list as it is now ([`shown`]).
    ///
    /// Fails with [`Error::Setting`] that says why not.
    pub fn check(&self, themes: &[Shown], theme: &str, edit: &Edit) -> Result<()> {
        let fail = |what: String, hint: &str| {
            Err(Error::Setting { place: format!("themes {}", edit.as_str()), what, hint: (!hint.is_empty()).then(|| hint.to_owned()) })
        };
        if let Edit::Undo { event } = edit {
            let known = self.in_force.iter().any(|earlier| earlier.number == *event);
            return if known {
                Ok(())
            } else {
                fail(format!("change {event} is not in force"), "`themes list --changes` shows those that are")
            };
        }
        let Some(found) = themes.iter().find(|shown| shown.theme_id == theme) else {
            return fail(format!("there is no theme `{theme}`"), "`themes list` shows ids and labels");
        };
        let needs_clauses = !matches!(edit, Edit::Rename { .. });
        if needs_clauses && (found.status != Status::Active.as_str() || !found.takes_clauses) {
            return fail(format!("`{}` has no clauses of its own ({})", found.label, found.status), "choose an active theme");
        }
        match edit {
            Edit::Rename { label } if label.trim().is_empty() || label.chars().count() > 80 || label.chars().any(char::is_control) => {
                fail("a label has 1 to 80 characters on one line".to_owned(), "")
            }
            Edit::Rename { label } => {
                let taken = |shown: &&Shown| {
                    shown.theme_id != theme && shown.takes_clauses && shown.status == "active" && same(&shown.label, label)
                };
                match themes.iter().find(taken) {
                    Some(other) => fail(
                        format!("`{}` is called so already ({})", other.label, other.theme_id),
                        "merge the two, or choose another label",
                    ),
                    None => Ok(()),
                }
            }
            Edit::Merge { into } => match themes.iter().find(|shown| shown.theme_id == *into) {
                _ if into == theme => fail("a theme cannot become part of itself".to_owned(), ""),
                Some(other) if other.status == "active" && other.takes_clauses => Ok(()),
                Some(other) => fail(format!("`{}` has no clauses of its own ({})", other.label, other.status), "choose an active theme"),
                None => fail(format!("there is no theme `{into}`"), "`themes list` shows ids and labels"),
            },
            Edit::Split { parts } if parts.len() < 2 => {
                fail(format!("`{}` does not fall into parts", found.label), "its clauses say too much the same, or are too few")
            }
            _ => Ok(()),
        }
    }
}

fn nearest_part<'p>(parts: &'p [Part], vector: Option<&Vector>) -> Option<&'p Part> {
    let Some(vector) = vector else { return parts.first() };
    let mut best: Option<(f32, &Part)> = None;
    for part in parts {
        let similarity = part.centroid.as_ref().map_or(-1.0, |centroid| centroid.similarity(vector));
        if best.is_none_or(|(most, _)| similarity > most) {
            best = Some((similarity, part));
        }
    }
    best.map(|(_, part)| part)
}

/// Whether two labels are the same to a reader.
pub fn same(a: &str, b: &str) -> bool {
    let fold = |label: &str| label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    fold(a) == fold(b)
}

/// All themes as people see them: those of the registry, then parts of split ones.
pub fn shown(registry: &Registry, edits: &Edits) -> Vec<Shown> {
    let themes = registry.themes();
    let mut all: Vec<Shown> = themes
        .iter()
        .map(|theme| Shown {
            theme_id: theme.id.clone(),
            label: theme.label.clone(),
            keywords: theme.keywords.clone(),
            parent_id: theme.parent.map(|parent| themes[parent].id.clone()),
            level: theme.level,
            status: theme.status.as_str(),
            merged_into: None,
            area: theme.area.clone(),
            origin: theme.origin.as_str(),
            pinned: false,
            takes_clauses: theme.centroid.is_some(),
        })
        .collect();
    for event in edits.in_force() {
        if let (Edit::Split { parts }, Some(whole)) = (&event.edit, all.iter().position(|shown| shown.theme_id == event.theme_id)) {
            let (area, level) = (all[whole].area.clone(), all[whole].level + 1);
            all[whole].takes_clauses = false;
            all.extend(parts.iter().map(|part| Shown {
                theme_id: part.id.clone(),
                label: part.label.clone(),
                keywords: part.keywords.clone(),
                parent_id: Some(event.theme_id.clone()),
                level,
                status: Status::Active.as_str(),
                merged_into: None,
                area: area.clone(),
                origin: Origin::Split.as_str(),
                pinned: false,
                takes_clauses: true,
            }));
        }
    }
    for shown in &mut all {
        if let Some(label) = edits.label(&shown.theme_id) {
            label.clone_into(&mut shown.label);
        }
        shown.pinned = edits.is_pinned(&shown.theme_id);
        match edits.ways.get(&shown.theme_id) {
            Some(Way::Nowhere) => shown.status = Status::Retired.as_str(),
            Some(Way::Into(into)) => {
                shown.status = Status::Merged.as_str();
                let end = if edits.reads(into) { Settled::Theme(into) } else { edits.settle(into, None) };
                shown.merged_into = match end {
                    Settled::Theme(end) => Some(end.to_owned()),
                    Settled::Nowhere => Some(into.clone()),
                };
            }
            _ => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(number: i64, theme: &str, edit: Edit) -> ThemeEvent {
        ThemeEvent { number, theme_id: theme.to_owned(), at: number, who: None, edit }
    }

    fn merge(into: &str) -> Edit {
        Edit::Merge { into: into.to_owned() }
    }

    #[test]
    fn ways_are_followed_to_their_end_and_back() {
        let mut events = vec![event(1, "a", merge("b")), event(2, "b", merge("c")), event(3, "d", Edit::Retire)];
        let edits = Edits::of(&events);
        for (from, to) in [("a", Settled::Theme("c")), ("b", Settled::Theme("c")), ("c", Settled::Theme("c")), ("d", Settled::Nowhere)] {
            assert_eq!(edits.settle(from, None), to, "{from}");
        }
        events.push(event(4, "b", Edit::Undo { event: 2 }));
        assert_eq!(Edits::of(&events).settle("a", None), Settled::Theme("b"));
        events.push(event(5, "b", Edit::Undo { event: 4 }));
        assert_eq!(Edits::of(&events).settle("a", None), Settled::Theme("c"), "an undo that was undone");
        assert_eq!(Edits::of(&events).fingerprint(), edits.fingerprint());
    }

    #[test]
    fn a_clause_of_a_split_theme_goes_to_the_nearest_part() {
        let centre = |x: i16, y: i16| Vector::from_values(&[x, y]);
        let part = |id: &str, centroid| Part { id: id.into(), label: id.into(), keywords: Vec::new(), n_clauses: 1, centroid };
        let parts = vec![part("x", centre(8192, 0)), part("y", centre(0, 8192))];
        let edits = Edits::of(&[event(1, "a", Edit::Split { parts }), event(2, "y", merge("c")), event(3, "b", merge("a"))]);
        let near_y = centre(1000, 8000);
        assert!(edits.reads("a") && edits.reads("b") && !edits.reads("c"));
        assert_eq!(edits.settle("a", near_y.as_ref()), Settled::Theme("c"));
        assert_eq!(edits.settle("b", centre(8000, 0).as_ref()), Settled::Theme("x"));
        assert_eq!(edits.settle("a", None), Settled::Theme("x"));
    }
}
