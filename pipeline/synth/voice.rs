//! What does the respondent say?
//!
//! Sentences of the inventory that fit the respondent's mood and subject, up to a drawn length, with what real feedback has:
//! slips of the keyboard, shouting, missing full stops, emoji, personal data, other languages, and now and then something that somebody must act upon.

use super::grammar::{Grammar, ListId};
use super::lengths;
use super::random::Random;

/// How content the respondent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Mostly complaints.
    Unhappy,
    /// Half and half.
    Mixed,
    /// Mostly praise.
    Happy,
}

/// A functional area's phrases.
pub(crate) struct Area {
    /// Its name in an area column.
    pub(crate) name: &'static str,
    bad: ListId,
    good: ListId,
    bad_brief: ListId,
    good_brief: ListId,
    story: ListId,
}

/// Areas, those that are talked of most first, with the prefix of their lists.
const AREAS: [(&str, &str); 10] = [
    ("Support", "support"),
    ("Billing", "billing"),
    ("Delivery", "delivery"),
    ("Product", "product"),
    ("Waiting", "waiting"),
    ("Price", "price"),
    ("Staff", "staff"),
    ("Website", "website"),
    ("Service", "service"),
    ("Contract", "contract"),
];

/// How many areas there are.
pub(crate) const N_AREAS: u32 = AREAS.len() as u32;

/// Sentences that someone has to act upon, in Zipf order: `[hot.churn]` and so on.
const HOT: [&str; 7] = ["hot.churn", "hot.repeat", "hot.irate", "hot.legal", "hot.fraud", "hot.vulnerable", "hot.safety"];

/// Languages other than English, in Zipf order: `[es.bad]`, `[es.good]` and so on.
const LANGUAGES: [&str; 6] = ["es", "fr", "de", "pt", "it", "nl"];

/// All that can be said.
pub(crate) struct Voice {
    areas: Vec<Area>,
    hot: Vec<ListId>,
    foreign: Vec<[ListId; 2]>,
    lead: ListId,
    almost_hot: ListId,
    stock: [ListId; 3],
    general: [ListId; 2],
    wish: ListId,
    personal: ListId,
    /// What may follow a few words, a sentence and a wish.
    tails: [ListId; 3],
    emoji: [ListId; 2],
    open: ListId,
    contact: ListId,
    harm: ListId,
    ask: ListId,
}

impl Voice {
    /// Finds the lists in the inventory.
    pub(crate) fn new(grammar: &Grammar) -> Self {
        let list = |name: &str| grammar.list(name);
        let area = |(name, prefix): &(&'static str, &str)| Area {
            name,
            bad: list(&format!("{prefix}.bad")),
            good: list(&format!("{prefix}.good")),
            bad_brief: list(&format!("{prefix}.bad.brief")),
            good_brief: list(&format!("{prefix}.good.brief")),
            story: list(&format!("{prefix}.story")),
        };
        Self {
            areas: AREAS.iter().map(area).collect(),
            hot: HOT.iter().map(|name| list(name)).collect(),
            foreign: LANGUAGES.iter().map(|l| [list(&format!("{l}.bad")), list(&format!("{l}.good"))]).collect(),
            lead: list("hot.lead"),
            almost_hot: list("almost_hot"),
            stock: [list("stock.bad"), list("stock.none"), list("stock.good")],
            general: [list("general.bad"), list("general.good")],
            wish: list("wish"),
            personal: list("personal"),
            tails: [list("brief.tail"), list("tail"), list("wish.tail")],
            emoji: [list("emoji.bad"), list("emoji.good")],
            open: list("case.open"),
            contact: list("case.contact"),
            harm: list("case.harm"),
            ask: list("case.ask"),
        }
    }

    /// The area of an index below [`N_AREAS`].
    pub(crate) fn area(&self, area: usize) -> &Area {
        &self.areas[area]
    }

    /// Writes a survey comment; it stays empty where nothing was said.
    pub(crate) fn write_comment(&self, mood: Mood, area: usize, grammar: &Grammar, random: &mut Random, out: &mut Vec<u8>) {
        match random.below(1000) {
            0..200 => return,
            200..250 => return grammar.write(self.stock[mood as usize], random, out),
            250..258 => return grammar.write(self.stock[1], random, out),
            258..290 => return self.write_foreign(mood, grammar, random, out),
            _ => {}
        }
        let length = lengths::COMMENT.draw(random);
        let mut style = Style::draw(random);
        if length < 30 {
            let list = if says_good(mood, random) { self.areas[area].good_brief } else { self.areas[area].bad_brief };
            style.sentence(|random, out| self.write_brief(list, self.tails[0], grammar, random, out), random, out);
        } else {
            self.write_sentences(length, mood, area, &style, grammar, random, out);
        }
        self.write_extras(mood, &style, grammar, random, out);
        style.finish(random, out);
    }

    /// Writes a wish for improvement: short, and mostly none.
    pub(crate) fn write_wish(&self, mood: Mood, grammar: &Grammar, random: &mut Random, out: &mut Vec<u8>) {
        match random.below(1000) {
            0..700 => {}
            700..760 => grammar.write(self.stock[1], random, out),
            _ if mood == Mood::Happy && random.per_mille(300) => grammar.write(self.stock[1], random, out),
            _ => {
                let style = Style::draw(random);
                style.sentence(|random, out| self.write_brief(self.wish, self.tails[2], grammar, random, out), random, out);
            }
        }
    }

    /// Writes a complaint narrative, in paragraphs.
    pub(crate) fn write_narrative(&self, area: usize, grammar: &Grammar, random: &mut Random, out: &mut Vec<u8>) {
        if random.per_mille(25) {
            return self.write_foreign(Mood::Unhappy, grammar, random, out);
        }
        let length = lengths::NARRATIVE.draw(random);
        let mut style = Style::draw(random);
        style.lower = false;
        let in_paragraphs = random.per_mille(500);
        let mut story = Walk::new(self.areas[area].story, grammar, random);
        let mut side = [self.contact, self.harm, self.areas[area].bad].map(|list| Walk::new(list, grammar, random));
        let hot_at = if random.per_mille(62) { random.within(1, 4) } else { u32::MAX };
        style.sentence(|random, out| grammar.write(self.open, random, out), random, out);
        let mut n_sentences = 1;
        while out.len() + 62 < length {
            separate(in_paragraphs && random.per_mille(260), out);
            if n_sentences == hot_at {
                self.write_hot(&style, grammar, random, out);
            } else {
                let walk = if random.per_mille(480) { &mut story } else { &mut side[random.below(3) as usize] };
                style.sentence(|random, out| self.write_told(walk, grammar, random, out), random, out);
            }
            n_sentences += 1;
        }
        if random.per_mille(600) {
            separate(in_paragraphs, out);
            style.sentence(|random, out| grammar.write(self.ask, random, out), random, out);
        }
        if random.per_mille(20) {
            separate(in_paragraphs, out);
            style.sentence(|random, out| grammar.write(self.personal, random, out), random, out);
        }
        style.finish(random, out);
    }

    #[expect(clippy::too_many_arguments, reason = "one sentence loop, called from one place")]
    fn write_sentences(
        &self,
        length: usize,
        mood: Mood,
        area: usize,
        style: &Style,
        grammar: &Grammar,
        random: &mut Random,
        out: &mut Vec<u8>,
    ) {
        let mut area = area;
        loop {
            let list = |area: usize, good: bool| if good { self.areas[area].good } else { self.areas[area].bad };
            let good = says_good(mood, random);
            let general = random.per_mille(120);
            let contrast = length > 90 && random.per_mille(150);
            style.sentence(
                |random, out| {
                    let first = if general { self.general[usize::from(good)] } else { list(area, good) };
                    grammar.write(first, random, out);
                    if random.per_mille(550) {
                        grammar.write(self.tails[1], random, out);
                    }
                    if contrast {
                        out.extend_from_slice(if random.per_mille(800) { b", but " } else { b". However, " });
                        grammar.write(list(random.zipf(N_AREAS) as usize, !good), random, out);
                    }
                },
                random,
                out,
            );
            if out.len() + 48 >= length {
                return;
            }
            if random.per_mille(350) {
                area = random.zipf(N_AREAS) as usize;
            }
            separate(length > 300 && random.per_mille(120), out);
        }
    }

    /// The next of the sentences that belong to a story, now and then with a few more words.
    fn write_told(&self, walk: &mut Walk, grammar: &Grammar, random: &mut Random, out: &mut Vec<u8>) {
        let item = walk.next();
        grammar.write_item(walk.list, item, random, out);
        if random.per_mille(300) {
            grammar.write(self.tails[1], random, out);
        }
    }

    /// A few words, mostly with a few more.
    fn write_brief(&self, list: ListId, tail: ListId, grammar: &Grammar, random: &mut Random, out: &mut Vec<u8>) {
        grammar.write(list, random, out);
        if random.per_mille(800) {
            grammar.write(tail, random, out);
        }
    }

    fn write_extras(&self, mood: Mood, style: &Style, grammar: &Grammar, random: &mut Random, out: &mut Vec<u8>) {
        let (hot, lead) = match mood {
            Mood::Unhappy => (190, 0),
            Mood::Mixed => (40, 15),
            Mood::Happy => (0, 30),
        };
        let chance = random.below(1000);
        if chance < hot {
            separate(false, out);
            self.write_hot(style, grammar, random, out);
        } else if chance < hot + lead {
            separate(false, out);
            style.sentence(|random, out| grammar.write(self.lead, random, out), random, out);
        } else if chance < hot + lead + 15 {
            separate(false, out);
            style.sentence(|random, out| grammar.write(self.almost_hot, random, out), random, out);
        }
        if random.per_mille(28) {
            separate(false, out);
            style.sentence(|random, out| grammar.write(self.personal, random, out), random, out);
        }
        if random.per_mille(28) {
            out.push(b' ');
            grammar.write(self.emoji[usize::from(mood == Mood::Happy)], random, out);
        }
    }

    fn write_hot(&self, style: &Style, grammar: &Grammar, random: &mut Random, out: &mut Vec<u8>) {
        let list = self.hot[random.zipf(HOT.len() as u32) as usize];
        style.sentence(|random, out| grammar.write(list, random, out), random, out);
    }

    fn write_foreign(&self, mood: Mood, grammar: &Grammar, random: &mut Random, out: &mut Vec<u8>) {
        let lists = self.foreign[random.zipf(LANGUAGES.len() as u32) as usize];
        let mut walks = lists.map(|list| Walk::new(list, grammar, random));
        for _ in 0..=random.below(3) {
            separate(false, out);
            let walk = &mut walks[usize::from(says_good(mood, random))];
            let item = walk.next();
            grammar.write_item(walk.list, item, random, out);
        }
    }
}

fn says_good(mood: Mood, random: &mut Random) -> bool {
    random.per_mille([120, 500, 930][mood as usize])
}

fn separate(new_paragraph: bool, out: &mut Vec<u8>) {
    if !out.is_empty() {
        out.extend_from_slice(if new_paragraph { b"\n\n" } else { b" " });
    }
}

/// Items of a list in an order that has none twice before all were had.
struct Walk {
    list: ListId,
    n: u32,
    at: u32,
    step: u32,
}

impl Walk {
    fn new(list: ListId, grammar: &Grammar, random: &mut Random) -> Self {
        let n = grammar.n_items(list);
        let mut step = random.within(1, n);
        while divisor(n, step) != 1 {
            step = step % n + 1;
        }
        Self { list, n, at: random.below(n), step }
    }

    fn next(&mut self) -> u32 {
        self.at = (self.at + self.step) % self.n;
        self.at
    }
}

/// The greatest common one.
fn divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { divisor(b, a % b) }
}

/// How somebody types.
struct Style {
    /// Without capitals and full stops.
    lower: bool,
    /// ALL IN CAPITALS.
    capitals: bool,
    /// How many slips of the keyboard.
    n_slips: u32,
    /// Ends most sentences with an exclamation mark.
    loud: bool,
}

impl Style {
    fn draw(random: &mut Random) -> Self {
        let chance = random.below(1000);
        Self {
            lower: chance < 60,
            capitals: (60..80).contains(&chance),
            loud: (80..130).contains(&chance),
            n_slips: [0, 0, 0, 0, 0, 0, 1, 2][random.below(8) as usize],
        }
    }

    /// Writes a sentence: capital first, a mark at its end.
    fn sentence(&self, write: impl FnOnce(&mut Random, &mut Vec<u8>), random: &mut Random, out: &mut Vec<u8>) {
        let start = out.len();
        write(random, out);
        if self.lower {
            return if random.per_mille(300) { out.push(b',') } else { out.push(b'.') };
        }
        if let Some(first) = out.get_mut(start) {
            first.make_ascii_uppercase();
        }
        match random.below(100) {
            _ if out.last().is_some_and(|b| b"?!.".contains(b)) => {}
            _ if self.loud => out.extend_from_slice(b"!!"),
            0..5 => out.push(b'!'),
            5..7 => out.extend_from_slice(b"..."),
            _ => out.push(b'.'),
        }
    }

    /// What is done to the whole text in the end.
    fn finish(&mut self, random: &mut Random, out: &mut Vec<u8>) {
        if out.ends_with(b",") {
            out.pop();
        }
        if self.capitals {
            out.make_ascii_uppercase();
        }
        if out.len() < 80 && out.ends_with(b".") && random.per_mille(400) {
            out.pop();
        }
        for _ in 0..self.n_slips {
            let at = random.below(out.len() as u32) as usize;
            if let Some([a, b]) = out.get_mut(at..at + 2)
                && a.is_ascii_lowercase()
                && b.is_ascii_lowercase()
            {
                std::mem::swap(a, b);
            }
        }
    }
}
