//! Does answering pay?
//!
//! The next answer of the same person, else of the same account, after a HOTLINE case, beside the answer that came with the case, else the last before it: of
//! customers who were answered in time, late, and not at all. And how many accounts came back with another case within 90 days. It describes who
//! was answered and what they said next; it is no proof of cause, for those who are answered late may differ in other ways.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::evidence::{self, Place, Subject};
use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::number::{NOT_GIVEN, count, counted, plain, signed};
use super::pack::Pack;
use super::row::each_row;
use crate::error::Result;
use crate::identity::{Fingerprint, response_key};
use crate::measure::paired;
use crate::month::Month;
use crate::schema::{HOTLINE, RESPONSE, hotline, response, score};
use crate::sink::Version;

/// Months of cases that are looked at.
const N_MONTHS: i32 = 12;

/// With fewer pairs nothing is told.
const MIN_PAIRS: usize = 5;

/// A case that comes so long after another of its account is a repetition.
const REPEAT_MICROS: i64 = 90 * 86_400_000_000;

/// What became of a case, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    InTime,
    Late,
    Never,
}

const CALLED: [(Outcome, &str); 3] =
    [(Outcome::InTime, "answered in time"), (Outcome::Late, "answered late"), (Outcome::Never, "not answered, time over")];

/// What is told of the cases of twelve months.
#[derive(Clone, Debug, Default)]
pub(super) struct Payback {
    measure: String,
    /// Answers with the case and after it.
    pairs: BTreeMap<Outcome, Vec<(f64, f64)>>,
    n_cases: usize,
    n_repeated: usize,
    /// Responses of the month that are a next answer.
    next_now: BTreeMap<Outcome, BTreeSet<u128>>,
    /// The first month of cases.
    since: Option<Month>,
}

impl Payback {
    /// Responses of the month that are the next answer after a case, by how the case was answered.
    pub(super) fn next_now(&self) -> impl Iterator<Item = (Outcome, &BTreeSet<u128>)> {
        self.next_now.iter().map(|(outcome, keys)| (*outcome, keys))
    }
}

struct Seen {
    month: Month,
    received: i64,
    account: Option<u128>,
    person: Option<u128>,
    outcome: Option<Outcome>,
}

/// Reads the cases of twelve months and what their people, and accounts, answered since.
pub(super) fn load(version: &Version, month: Month, as_of: i64, measure: Option<&str>) -> Result<Payback> {
    let Some(measure) = measure else { return Ok(Payback::default()) };
    let months: Vec<Month> = version.months(&RESPONSE)?.into_iter().filter(|m| (0..N_MONTHS).contains(&month.since(*m))).collect();
    let mut cases: HashMap<u128, Seen> = HashMap::new();
    for of_month in &months {
        use hotline::*;
        let columns = [source, response_id, received_at, detected_at, respond_by, first_acted_at, closed_at, status, disposition];
        each_row(version, *of_month, &columns, |row| {
            let is_case = row.text(status) != Some("historical") && !matches!(row.text(disposition), Some("false_alarm" | "duplicate"));
            if !is_case {
                return;
            }
            let outcome = match (row.int(respond_by), row.int(first_acted_at).or(row.int(closed_at))) {
                (Some(by), Some(acted)) => Some(if acted <= by { Outcome::InTime } else { Outcome::Late }),
                (Some(by), None) if by < as_of => Some(Outcome::Never),
                _ => None,
            };
            let id = response_key(row.text(source).unwrap_or_default(), row.text(response_id).unwrap_or_default());
            let received = row.int(received_at).or(row.int(detected_at)).unwrap_or_default();
            // Of the cases of one response the one that was answered best.
            let seen = cases.entry(id).or_insert(Seen { month: *of_month, received, account: None, person: None, outcome });
            seen.outcome = [seen.outcome, outcome].into_iter().flatten().min();
        })?;
    }
    let since = months.first().copied();
    let mut payback = Payback { measure: measure.to_owned(), n_cases: cases.len(), since, ..Payback::default() };
    if cases.is_empty() {
        return Ok(payback);
    }
    let answers = answers(version, &months, measure, &mut cases)?;
    payback.n_repeated = repeated(&cases);
    let mut ordered: Vec<(&u128, &Seen)> = cases.iter().collect();
    ordered.sort_unstable_by_key(|(id, _)| **id);
    for (id, seen) in ordered {
        let Some(outcome) = seen.outcome else { continue };
        let pair = |who: Option<u128>, of: &HashMap<u128, ByMonth>, now: &HashMap<u128, Vec<u128>>| {
            let months = of.get(&who?)?;
            let mean = |(_, (sum, n)): (&Month, &(f64, f64))| sum / n;
            let last = || months.range(..seen.month).next_back().map(mean);
            let before = answers.with_case.get(id).copied().or_else(last)?;
            let next = months.range(seen.month.plus(1)..).next()?;
            let responses = if *next.0 == month { now.get(&who?).cloned().unwrap_or_default() } else { Vec::new() };
            Some(((before, mean(next)), responses))
        };
        let of_person = || pair(seen.person, &answers.of_person, &answers.now_of_person);
        if let Some((pair, responses)) = of_person().or_else(|| pair(seen.account, &answers.of_account, &answers.now_of_account)) {
            payback.pairs.entry(outcome).or_default().push(pair);
            payback.next_now.entry(outcome).or_default().extend(responses);
        }
    }
    Ok(payback)
}

/// Sum and number of answers by month.
type ByMonth = BTreeMap<Month, (f64, f64)>;

/// Answers to the question: with each case, and of the people and accounts who have one.
#[derive(Default)]
struct Answers {
    with_case: HashMap<u128, f64>,
    of_person: HashMap<u128, ByMonth>,
    of_account: HashMap<u128, ByMonth>,
    /// Their responses of the last month.
    now_of_person: HashMap<u128, Vec<u128>>,
    now_of_account: HashMap<u128, Vec<u128>>,
}

fn answers(version: &Version, months: &[Month], asked: &str, cases: &mut HashMap<u128, Seen>) -> Result<Answers> {
    let mut answers = Answers::default();
    let key = |kind: &str, id: &str| Fingerprint::of(kind).part(id).finish();
    let columns = {
        use response::*;
        [source, response_id, account_id, account_name, contact_id]
    };
    // Answers on two scales are no pair: the newest counts.
    let mut scale = None;
    // First who has a case, then what they answer in any month, the newest first.
    for is_second in [false, true] {
        for month in months.iter().rev() {
            let mut ours: HashMap<u128, (Option<u128>, Option<u128>)> = HashMap::new();
            each_row(version, *month, &columns, |row| {
                let given = |column| row.text(column).map(str::trim).filter(|text| !text.is_empty());
                let person = given(response::contact_id).map(|id| key("person", id));
                let account = given(response::account_id).or(given(response::account_name)).map(|id| key("account", id));
                let id = response_key(row.text(response::source).unwrap_or_default(), row.text(response::response_id).unwrap_or_default());
                if is_second {
                    let is_ours = person.is_some_and(|person| answers.of_person.contains_key(&person))
                        || account.is_some_and(|account| answers.of_account.contains_key(&account));
                    if is_ours {
                        ours.insert(id, (person, account));
                    }
                } else if let Some(seen) = cases.get_mut(&id) {
                    (seen.person, seen.account) = (person, account);
                    if let Some(person) = person {
                        answers.of_person.entry(person).or_default();
                    }
                    if let Some(account) = account {
                        answers.of_account.entry(account).or_default();
                    }
                }
            })?;
            if !is_second {
                continue;
            }
            use score::*;
            each_row(version, *month, &[source, response_id, measure, value, scale_low, scale_high], |row| {
                let (true, Some(points)) = (row.text(measure) == Some(asked), row.float(value)) else { return };
                let ends = (row.float(scale_low), row.float(scale_high));
                if *scale.get_or_insert(ends) != ends {
                    return;
                }
                let id = response_key(row.text(source).unwrap_or_default(), row.text(response_id).unwrap_or_default());
                let Some((person, account)) = ours.get(&id) else { return };
                if cases.contains_key(&id) {
                    answers.with_case.insert(id, points);
                }
                let add = |of: &mut HashMap<u128, ByMonth>, who: &Option<u128>| {
                    if let Some(months) = who.and_then(|who| of.get_mut(&who)) {
                        let sum = months.entry(*month).or_default();
                        (sum.0, sum.1) = (sum.0 + points, sum.1 + 1.0);
                    }
                };
                add(&mut answers.of_person, person);
                add(&mut answers.of_account, account);
                if Some(month) == months.last() {
                    for (now, who) in [(&mut answers.now_of_person, person), (&mut answers.now_of_account, account)] {
                        who.iter().for_each(|who| now.entry(*who).or_default().push(id));
                    }
                }
            })?;
        }
    }
    Ok(answers)
}

/// Cases whose account had another within 90 days after.
fn repeated(cases: &HashMap<u128, Seen>) -> usize {
    let mut times: Vec<(u128, i64)> = cases.values().filter_map(|seen| Some((seen.account?, seen.received))).collect();
    times.sort_unstable();
    times.windows(2).filter(|pair| pair[0].0 == pair[1].0 && pair[1].1 - pair[0].1 <= REPEAT_MICROS).count()
}

/// Writes what came after; nothing where there are no cases.
pub(super) fn write(html: &mut Html, pack: &Pack) {
    let payback = &pack.payback;
    if payback.n_cases == 0 {
        return;
    }
    html.raw("<h3>After a case: what customers answer next</h3>\n");
    let n_pairs: usize = payback.pairs.values().map(Vec::len).sum();
    if n_pairs == 0 {
        html.raw("<p>No customer with a case of the last twelve months has answered the question again yet.</p>\n");
    } else {
        let origin = Origin::of(&HOTLINE)
            .ending("-- twelve months; score of the response, else the last before, and the next of the person, else of the account");
        let columns = [
            ("The case was", Align::Words),
            ("Pairs", Align::Figures),
            ("With the case", Align::Figures),
            ("Next answer", Align::Figures),
            ("Change", Align::Figures),
            ("95% interval", Align::Figures),
        ];
        let mut grid = Grid::new(&format!("Answers to {} with the case, and next", payback.measure.replace('_', " ")), origin, &columns);
        for (outcome, called) in CALLED {
            let pairs = payback.pairs.get(&outcome).map_or(&[][..], Vec::as_slice);
            let told = Some(pairs).filter(|pairs| pairs.len() >= MIN_PAIRS).and_then(paired);
            let mean = |of: fn(&(f64, f64)) -> f64| plain(pairs.iter().map(of).sum::<f64>() / pairs.len().max(1) as f64, 2);
            let few = || if pairs.is_empty() { NOT_GIVEN.to_owned() } else { format!("under {MIN_PAIRS}") };
            grid.row(vec![
                Html::of(called),
                Html::of(&count(pairs.len() as i64)),
                Html::of(&told.map_or_else(few, |_| mean(|pair| pair.0))),
                Html::of(&told.map_or_else(few, |_| mean(|pair| pair.1))),
                Html::of(&told.map_or_else(few, |(change, _)| signed(change, 2))),
                Html::of(&told.map_or_else(|| NOT_GIVEN.to_owned(), |(_, i)| format!("{} to {}", signed(i.low, 2), signed(i.high, 2)))),
            ]);
        }
        grid.write(html);
        words(html, pack);
    }
    html.raw("<p class=\"note\">").text(&format!(
        "{} of {} were followed by another case of the same account within 90 days. Not proof of cause: who is answered late may differ in other ways, and after a very low answer a higher one is likely anyhow.",
        count(payback.n_repeated as i64),
        counted(payback.n_cases, "response with a case in twelve months", "responses with a case in twelve months")
    )).raw("</p>\n");
}

/// What was said next, by how the case was answered, and where the cases are found.
fn words(html: &mut Html, pack: &Pack) {
    let since = pack.payback.since.unwrap_or(pack.month);
    let cases = Place::of_query(format!("hotline:any month:{since}..{}", pack.month)).with_page("/hotline?status=all".to_owned());
    html.raw("<div class=\"folds\">\n");
    for (outcome, called) in CALLED.into_iter().filter(|(outcome, _)| pack.payback.pairs.contains_key(outcome)) {
        let title = Html::of(&format!("In their next words: {called}"));
        evidence::fold(html, &title, pack.words_of(&Subject::After(outcome)), "next answers of this month");
    }
    html.raw("</div>\n");
    cases.write_as(html, "What was said with the cases");
}
