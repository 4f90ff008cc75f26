//! How do a few hundred written phrases become any number of different sentences?
//!
//! An inventory is text: `[list]` opens a list, each line below it is an item, `#` starts a comment. An item
//! may hold `{list}`, which is replaced by an item of that list, and `{special}`, which is made up on the spot (see
//! [`Special`]). Items of `[list zipf]` are drawn the rarer the later they stand, those of `[list]` evenly.

use std::collections::BTreeMap;

use super::random::Random;
use super::special::Special;

/// Lists of phrases, compiled.
pub(crate) struct Grammar {
    lists: Vec<List>,
    items: Vec<std::ops::Range<u32>>,
    parts: Vec<Part>,
    text: Vec<u8>,
    names: BTreeMap<String, ListId>,
}

/// A list of a [`Grammar`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ListId(u16);

struct List {
    first: u32,
    n: u32,
    order: Order,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Even,
    Zipf,
}

enum Part {
    Text { start: u32, end: u32 },
    List(ListId),
    Special(Special),
}

impl Grammar {
    /// Compiles inventories; lists of all of them can use each other.
    ///
    /// Panics on a slot that names nothing, on an empty list and on lists that use each other in a circle: the
    /// inventories are part of the program.
    pub(crate) fn compile(inventories: &[&str]) -> Self {
        let mut written: Vec<(&str, Order, Vec<&str>)> = Vec::new();
        for line in inventories.iter().flat_map(|inventory| inventory.lines()) {
            // A space before an item belongs to it: it follows other words.
            let line = line.trim_end();
            if let Some(head) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                let (name, order) = match head.strip_suffix(" zipf") {
                    Some(name) => (name, Order::Zipf),
                    None => (head, Order::Even),
                };
                written.push((name, order, Vec::new()));
            } else if !line.is_empty() && !line.starts_with('#') {
                let (_, _, items) = written.last_mut().expect("an inventory opens with a list");
                items.push(line);
            }
        }
        let mut names = BTreeMap::new();
        for (i, (name, ..)) in written.iter().enumerate() {
            let id = ListId(u16::try_from(i).expect("there are fewer than 65,536 lists"));
            assert!(names.insert((*name).to_owned(), id).is_none(), "the list [{name}] is written once");
        }
        let mut grammar = Self { lists: Vec::new(), items: Vec::new(), parts: Vec::new(), text: Vec::new(), names };
        for (name, order, items) in written {
            assert!(!items.is_empty(), "the list [{name}] has items");
            grammar.lists.push(List { first: grammar.items.len() as u32, n: items.len() as u32, order });
            for item in items {
                grammar.add_item(item);
            }
        }
        for list in 0..grammar.lists.len() {
            grammar.assert_ends(list, 0);
        }
        grammar
    }

    /// The list of a name. Panics when there is none.
    pub(crate) fn list(&self, name: &str) -> ListId {
        *self.names.get(name).unwrap_or_else(|| panic!("the inventory has the list [{name}]"))
    }

    /// How many items a list has.
    pub(crate) fn n_items(&self, list: ListId) -> u32 {
        self.lists[usize::from(list.0)].n
    }

    /// Writes an item of `list`, drawn by chance.
    #[inline]
    pub(crate) fn write(&self, list: ListId, random: &mut Random, out: &mut Vec<u8>) {
        let List { n, order, .. } = self.lists[usize::from(list.0)];
        let item = match order {
            Order::Even => random.below(n),
            Order::Zipf => random.zipf(n),
        };
        self.write_item(list, item, random, out);
    }

    /// Writes item `item` of `list`, from 0.
    pub(crate) fn write_item(&self, list: ListId, item: u32, random: &mut Random, out: &mut Vec<u8>) {
        let first = self.lists[usize::from(list.0)].first;
        let parts = self.items[(first + item) as usize].clone();
        for part in &self.parts[parts.start as usize..parts.end as usize] {
            match part {
                Part::Text { start, end } => out.extend_from_slice(&self.text[*start as usize..*end as usize]),
                Part::List(list) => self.write(*list, random, out),
                Part::Special(special) => special.write(random, out),
            }
        }
    }

    fn add_item(&mut self, item: &str) {
        let first = self.parts.len() as u32;
        let mut rest = item;
        while let Some((before, after)) = rest.split_once('{') {
            let (slot, after) = after.split_once('}').unwrap_or_else(|| panic!("the slot ends: {item}"));
            self.add_text(before);
            let part = match (self.names.get(slot), Special::of_name(slot)) {
                (Some(list), _) => Part::List(*list),
                (None, Some(special)) => Part::Special(special),
                (None, None) => panic!("the slot {{{slot}}} is a list or a special: {item}"),
            };
            self.parts.push(part);
            rest = after;
        }
        self.add_text(rest);
        self.items.push(first..self.parts.len() as u32);
    }

    fn add_text(&mut self, text: &str) {
        if !text.is_empty() {
            let start = self.text.len() as u32;
            self.text.extend_from_slice(text.as_bytes());
            self.parts.push(Part::Text { start, end: self.text.len() as u32 });
        }
    }

    fn assert_ends(&self, list: usize, depth: usize) {
        assert!(depth < 8, "lists do not use each other in a circle");
        let List { first, n, .. } = self.lists[list];
        for item in &self.items[first as usize..(first + n) as usize] {
            for part in &self.parts[item.start as usize..item.end as usize] {
                if let Part::List(inner) = part {
                    self.assert_ends(usize::from(inner.0), depth + 1);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_filled_from_their_lists() {
        let grammar = Grammar::compile(&["[a]\nthe {b} was {c}\n", "# words\n[b]\nbill\n[c]\nlate\n"]);
        let mut out = Vec::new();
        grammar.write(grammar.list("a"), &mut Random::of(1, 1), &mut out);
        assert_eq!(out, b"the bill was late");
        assert_eq!(grammar.n_items(grammar.list("b")), 1);
    }
}
