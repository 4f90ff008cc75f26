//! What do the columns mean, if nobody says so?
//!
//! Names and the sample's cells come in; the settings of a source go out, with the reason for every column, those
//! left out included. Names come first and content must agree: a column named `id` whose cells repeat is no id, a column
//! named `comment` that holds numbers is no open answer. What was found is printed by `check` and `run`, and every choice can be
//! overruled in a `[[source]]` block. The same file gives the same choices on every machine.

mod names;
mod profile;
mod scales;

use super::dates::{DateReader, Serials};
use super::shape::{Format, Shape};
use crate::config::{Role, ScoreKind, ScoreSettings, SourceSettings};
use crate::error::{Error, Result};
use names::{Holds, Name, RULES};
use profile::Profile;
use scales::Scale;

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The settings; the name and the files are the defaults.
    pub settings: SourceSettings,
    /// One for each column, in the file's order.
    pub choices: Vec<Choice>,
}

/// What a column was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The column.
    pub column: String,
    /// For people: a key of the `[[source]]` block, `verbatim`, `score csat 1-5`, or `left out`.
    pub role: String,
    /// The reason.
    pub why: String,
}

/// Share of different cells that an id has: tweets collected twice repeat 1 % of theirs, and less than 95 % is no key.
const ID_DISTINCT: f64 = 0.95;

/// In a small file a few corrected rows are many in a hundred: three repeats are always allowed an id of that name.
fn hardly_repeats(p: &Profile) -> bool {
    p.distinct() >= ID_DISTINCT || p.n_filled - p.n_distinct <= 3 && p.distinct() >= 0.7
}

/// Finds what the columns of a file mean.
///
/// Fails with [`Error::Input`] if no column holds open text; the columns found are listed.
pub fn find(shape: &Shape) -> Result<Found> {
    let serials = if shape.format == Format::Xlsx { Serials::Excel } else { Serials::No };
    let dates = DateReader::new("UTC", None)?.with_serials(serials);
    let columns: Vec<Column> = shape
        .header
        .iter()
        .zip(&shape.sample.columns)
        .map(|(name, cells)| Column { label: name.clone(), name: Name::new(name), profile: Profile::of(cells, &dates), taken: None })
        .collect();
    let mut finder = Finder { columns, settings: SourceSettings::default() };
    finder.scores();
    finder.roles();
    finder.verbatims();
    finder.only_date();
    if finder.settings.verbatims.is_empty() {
        return Err(Error::Input {
            path: shape.path.clone(),
            what: "no column with open text found".to_owned(),
            found: Some(shape.header.join(", ")),
            hint: Some("name the column in a `[[source]]` block, as in `verbatims = [\"Comment\"]`".to_owned()),
        });
    }
    let choices = finder.columns.iter().map(Column::choice).collect();
    Ok(Found { settings: finder.settings, choices })
}

struct Column {
    label: String,
    name: Name,
    profile: Profile,
    taken: Option<(String, String)>,
}

impl Column {
    fn take(&mut self, role: String, why: String) {
        self.taken = Some((role, why));
    }

    fn choice(&self) -> Choice {
        let (role, why) = self.taken.clone().unwrap_or_else(|| ("left out".to_owned(), self.why_left()));
        Choice { column: self.label.clone(), role, why }
    }

    /// Why a column that nothing took is left out, in the words of what it holds.
    fn why_left(&self) -> String {
        let p = &self.profile;
        let what = match () {
            () if p.n_filled == 0 => "no values in the sample".to_owned(),
            () if p.is_row_index => "a row number".to_owned(),
            () if p.links >= 0.5 => "links".to_owned(),
            () if p.structured >= 0.5 => "lists or objects".to_owned(),
            () if p.is_yes_no() => "yes or no".to_owned(),
            () if p.dated >= 0.8 => "dates of something else".to_owned(),
            () if p.numeric >= 0.8 => format!("numbers {} to {}", p.min, p.max),
            () if p.values.is_some() => format!("a label with {} values", p.n_distinct),
            () => format!("{} different values in {} cells, {:.1} words each", p.n_distinct, p.n_filled, p.mean_words),
        };
        format!("{what}; carry it along with `passthrough`")
    }

    fn holds(&self, holds: Holds) -> bool {
        let p = &self.profile;
        if p.n_filled == 0 {
            // Of a file without rows the names are all there is; a column that stays empty is no key.
            return p.n_rows == 0 || holds != Holds::Keys;
        }
        let is_short = p.mean_words <= 12.0 && p.links < 0.5 && p.structured < 0.5;
        match holds {
            Holds::Keys => p.filled() >= 0.95 && hardly_repeats(p) && p.mean_words < 2.0 && p.dated < 0.5 && !self.is_bare_index(),
            Holds::Dates => p.dated + p.stamped >= 0.8,
            Holds::Names => is_short && p.dated < 0.5,
            // A group has few values: at most half as many as cells, where there are enough cells to tell.
            Holds::Groups => is_short && p.dated < 0.8 && (p.n_filled < 20 || p.distinct() <= 0.5),
            Holds::Numbers => p.numeric >= 0.8,
            Holds::Mails => p.mails >= 0.5,
            Holds::Phones => p.phones >= 0.5 || p.numeric >= 0.8,
            Holds::YesNo => p.n_distinct <= 6 && p.mean_words <= 6.0,
            Holds::Any => true,
        }
    }

    /// A count of rows without a name of its own.
    fn is_bare_index(&self) -> bool {
        self.name.is_missing && self.profile.is_row_index || self.name.is(&["index", "row", "row number", "row no", "row id"])
    }
}

struct Finder {
    columns: Vec<Column>,
    settings: SourceSettings,
}

impl Finder {
    /// Gives single roles to columns, rule by rule.
    fn roles(&mut self) {
        for rule in RULES {
            if self.slot(rule.role).is_some() {
                continue;
            }
            // An exact name before one that only holds the words, then the file's order.
            let fits = |column: &&mut Column| {
                column.taken.is_none() && column.name.has(rule.has) && !column.name.has(rule.not) && column.holds(rule.holds)
            };
            let columns = self.columns.iter_mut().filter(fits);
            let Some(column) =
                columns.min_by_key(|column| (!column.name.is(rule.has), column.profile.n_filled == 0, column.name.words.len()))
            else {
                continue;
            };
            if rule.role == Role::ShareConsent && !is_consent(&column.profile) {
                continue;
            }
            let p = &column.profile;
            let why = match rule.holds {
                Holds::Keys => format!("its name, and {} different values in {} cells", p.n_distinct, p.n_filled),
                Holds::Dates => format!("its name, and {:.0} % of its cells are dates", (p.dated + p.stamped) * 100.0),
                Holds::Groups | Holds::YesNo => format!("its name, and {} values", p.n_distinct),
                _ => "its name".to_owned(),
            };
            column.take(rule.role.key().to_owned(), why);
            let label = column.label.clone();
            *self.slot(rule.role) = Some(label);
        }
        self.content_id();
    }

    /// An id without a name of an id: a file without header whose first column is short, different everywhere and no row number.
    fn content_id(&mut self) {
        if self.settings.id.is_some() {
            return;
        }
        let Some(first) = self.columns.first_mut() else { return };
        let p = &first.profile;
        let is_code = p.mean_words <= 1.0 && p.worded < 0.5 && p.links < 0.5 && p.n_filled >= 20;
        if first.taken.is_none() && first.name.is_missing && first.holds(Holds::Keys) && is_code && p.distinct() >= 1.0 {
            first.take("id".to_owned(), format!("a first column of {} different codes", p.n_distinct));
            self.settings.id = Some(first.label.clone());
        }
    }

    fn slot(&mut self, role: Role) -> &mut Option<String> {
        let s = &mut self.settings;
        match role {
            Role::Id => &mut s.id,
            Role::ReceivedAt => &mut s.received_at,
            Role::SentAt => &mut s.sent_at,
            Role::ExperienceAt => &mut s.experience_at,
            Role::Wave => &mut s.wave,
            Role::AccountId => &mut s.account_id,
            Role::AccountName => &mut s.account_name,
            Role::AccountValue => &mut s.account_value,
            Role::ContactId => &mut s.contact_id,
            Role::ContactName => &mut s.contact_name,
            Role::ContactTitle => &mut s.contact_title,
            Role::ContactRole => &mut s.contact_role,
            Role::ContactEmail => &mut s.contact_email,
            Role::ContactPhone => &mut s.contact_phone,
            Role::Channel => &mut s.channel,
            Role::Segment => &mut s.segment,
            Role::Product => &mut s.product,
            Role::Area => &mut s.area,
            Role::HotlineFlag => &mut s.hotline_flag,
            Role::HotlineNote => &mut s.hotline_note,
            Role::CallbackRequested => &mut s.callback_requested,
            Role::ShareConsent => &mut s.share_consent,
        }
    }

    /// Takes ratings, before names such as `Overall company rating` reach the single roles.
    ///
    /// A number without a rating's name is one only beside another number that is answered on the same points.
    fn scores(&mut self) {
        let looks: Vec<Looks> = self.columns.iter().map(|column| looks(&column.name, &column.profile)).collect();
        let is_part = |column: &Column| column.name.has(names::RATING) && column.profile.numeric >= 0.9 && column.profile.max <= 5.0;
        let has_zero_kin = self.columns.iter().any(|column| is_part(column) && column.profile.min == 0.0);
        let points: Vec<f64> = self.columns.iter().map(|column| column.profile.max).collect();
        let n_kin =
            |i: usize| (0..looks.len()).filter(|other| *other != i && looks[*other] != Looks::No && points[*other] == points[i]).count();
        let taken: Vec<bool> = looks
            .iter()
            .enumerate()
            .map(|(i, looks)| match looks {
                Looks::Named => true,
                Looks::Likely => n_kin(i) >= 1,
                Looks::Seldom => n_kin(i) >= 2,
                Looks::No => false,
            })
            .collect();
        for (column, _) in self.columns.iter_mut().zip(taken).filter(|(_, taken)| *taken) {
            let Some((kind, scale)) = score(&column.name, &column.profile, has_zero_kin) else { continue };
            let is_first_nps = kind == ScoreKind::Nps && !self.settings.scores.iter().any(|score| score.kind == ScoreKind::Nps);
            let measure = if is_first_nps { "nps".to_owned() } else { names::measure(&column.label) };
            column.take(format!("score {} {}", kind.as_str(), scale.show()), scale.why.clone());
            self.settings.scores.push(ScoreSettings {
                column: column.label.clone(),
                measure,
                kind,
                scale: scale.ends,
                labels: scale.labels,
                ..ScoreSettings::default()
            });
        }
    }

    fn verbatims(&mut self) {
        for column in &mut self.columns {
            if column.taken.is_some() {
                continue;
            }
            if let Some(why) = open_text(&column.name, &column.profile) {
                column.take("verbatim".to_owned(), why);
                self.settings.verbatims.push(column.label.clone());
            }
        }
    }

    /// The only column of dates is the time of the answer, whatever its name, unless the name says otherwise.
    fn only_date(&mut self) {
        if self.settings.received_at.is_some() || self.settings.sent_at.is_some() || self.settings.experience_at.is_some() {
            return;
        }
        let is_date = |column: &&mut Column| column.taken.is_none() && column.profile.dated >= 0.8;
        let mut dates: Vec<&mut Column> = self.columns.iter_mut().filter(is_date).collect();
        if let [column] = dates.as_mut_slice()
            && !column.name.has(&["birth", "dob", "expiry", "renewal", "joined", "since"])
        {
            column.take("received_at".to_owned(), "the only column of dates".to_owned());
            self.settings.received_at = Some(column.label.clone());
        }
    }
}

fn is_consent(profile: &Profile) -> bool {
    let is_word = |value: &String| {
        let value = value.to_lowercase();
        ["named", "anonymous", "anonymously", "aggregate", "aggregate_only", "aggregate only", "yes", "no", "confidential"]
            .iter()
            .any(|word| value == *word)
    };
    profile.n_filled == 0 || profile.values.as_ref().is_some_and(|values| values.iter().all(is_word))
}

/// How much a column looks like a rating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looks {
    No,
    /// Its points are those of ratings, its name is of something that is counted.
    Seldom,
    /// Its points are those of ratings.
    Likely,
    /// Its name is that of a rating.
    Named,
}

fn looks(name: &Name, profile: &Profile) -> Looks {
    let p = profile;
    if p.n_filled == 0 || name.is_missing || !name.is_long() && name.has(names::NOT_RATING) {
        return Looks::No;
    }
    let is_named = name.has(names::RATING) || name.is_numbered();
    if p.numeric < 0.9 {
        // An open answer may well be one word such as "good", so the name must not be that of one.
        let is_words = is_named || !name.has(names::OPEN);
        return if is_words && p.mean_words <= 6.0 { Looks::Named } else { Looks::No };
    }
    // Ratings have one decimal at most; 0 and 1 alone are yes and no; percentages go up to 100.
    let is_flag = p.max <= 1.0 || p.is_yes_no() && p.n_filled >= 5;
    if is_flag || p.is_row_index && !is_named || p.min < 0.0 || p.max > 100.0 || (p.max <= 10.0 && p.tenths < 0.95) {
        return Looks::No;
    }
    if is_named {
        return Looks::Named;
    }
    let is_whole = p.integer >= 1.0;
    let is_points =
        is_whole && [5.0, 7.0, 10.0].contains(&p.max) && p.n_distinct >= 3 || p.n_filled < 20 && is_whole && p.max <= 10.0 && p.min >= 1.0;
    match is_points {
        false => Looks::No,
        true if !name.is_long() && name.has(names::SELDOM_RATING) => Looks::Seldom,
        true => Looks::Likely,
    }
}

/// Kind and scale of a rating; none: it is none.
fn score(name: &Name, profile: &Profile, has_zero_kin: bool) -> Option<(ScoreKind, Scale)> {
    let kind = |ends: Option<[f64; 2]>| {
        let is_to_10 = ends == Some([0.0, 10.0]);
        match () {
            () if name.has(&["nps", "net promoter"]) || is_to_10 && name.has(&["recommend", "how likely", "likelihood"]) => ScoreKind::Nps,
            () if name
                .words
                .iter()
                .any(|word| word.starts_with("satisf") || word.contains("csat") || word == "osat" || word == "overall") =>
            {
                ScoreKind::Csat
            }
            () if name.has(&["ces", "effort", "ease", "easy"]) => ScoreKind::Ces,
            () => ScoreKind::Rating,
        }
    };
    if profile.numeric < 0.9 {
        let scale = scales::of_words(profile)?;
        return Some((if name.has(&["nps"]) { ScoreKind::Rating } else { kind(None) }, scale));
    }
    let is_recommend = name.has(&["nps", "net promoter", "recommend"]);
    let is_to_10 = profile.max <= 10.0 && (profile.max > 5.0 || profile.min == 0.0 || name.has(&["nps"]));
    if is_recommend && is_to_10 && scales::told(name).is_none() {
        let why = format!("a question of recommending, numbers {} to {}", profile.min, profile.max);
        return Some((ScoreKind::Nps, Scale { ends: Some([0.0, 10.0]), labels: Vec::new(), why }));
    }
    let is_overall = name.has(&["overall"]);
    let scale = scales::of_numbers(name, profile, has_zero_kin && !is_overall)?;
    Some((kind(scale.ends), scale))
}

/// Why a column holds open answers; none: it does not.
fn open_text(name: &Name, profile: &Profile) -> Option<String> {
    let p = profile;
    let is_sure = name.has(names::SURELY_OPEN) && (name.is_long() || !name.has(names::SURELY_NOT_OPEN));
    let is_other = !is_sure && !name.is_long() && name.has(names::NOT_OPEN);
    let is_named = is_sure || !is_other && (name.is_long() || name.is_numbered() || name.has(names::OPEN));
    if p.n_filled == 0 {
        return (is_sure || is_named && !name.is_question && !name.is_numbered()).then(|| "its name; no values in the sample".to_owned());
    }
    let is_data =
        p.numeric >= 0.5 || p.dated >= 0.5 || p.links >= 0.5 || p.structured >= 0.5 || p.mails >= 0.5 || p.worded < 0.5 || p.is_yes_no();
    if is_data {
        return None;
    }
    let shown = format!("{:.1} words on average, {:.0} % different", p.mean_words, p.distinct() * 100.0);
    let is_prose_name = !is_other && !name.has(names::THINGS);
    // Under twenty cells shares say little: a name is enough, and without one full sentences.
    if p.n_filled < 20 {
        return (is_named || p.mean_words >= 4.0 && p.distinct() > 0.5 && is_prose_name).then(|| format!("its content: {shown}"));
    }
    // A small file may hold the same answer forty times: of fewer than 200 cells one in ten must differ.
    let is_varied = p.distinct() >= 0.3 || p.n_distinct >= 200 || p.n_filled < 200 && p.distinct() >= 0.1 && p.mean_words >= 3.0;
    if is_named && is_varied && p.mean_words >= 1.5 {
        return Some(format!("its name, and {shown}"));
    }
    let is_prose = p.mean_words >= 5.0 && p.distinct() >= 0.6;
    (is_prose && is_prose_name).then(|| format!("its content: {shown}"))
}
