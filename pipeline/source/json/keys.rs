//! Which column does a key of an object belong to?
//!
//! Names such as `user.name` make a tree; an object is read with the tree at hand, so that values that nobody asked for
//! are skipped without being built.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The columns' names as a tree of keys.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    children: Vec<(String, Keys)>,
    /// The asked-for column that a value here goes to.
    column: Option<usize>,
    /// Whether a value here is a column of the file, asked for or not.
    is_known: bool,
}

impl Keys {
    /// The tree of `header`, of which `columns` are asked for, in that order.
    pub(crate) fn new(header: &[String], columns: &[usize]) -> Self {
        let mut root = Self::default();
        for (i, name) in header.iter().enumerate() {
            let key = root.at(&mut name.split('.'));
            key.is_known = true;
            key.column = columns.iter().position(|column| *column == i);
        }
        root
    }

    fn at(&mut self, path: &mut dyn Iterator<Item = &str>) -> &mut Self {
        let Some(name) = path.next() else { return self };
        let found = self.children.iter().position(|(child, _)| child == name).unwrap_or_else(|| {
            self.children.push((name.to_owned(), Self::default()));
            self.children.len() - 1
        });
        self.children[found].1.at(path)
    }

    /// The child of this name; keys mostly come in the same order, so the place after the last one is tried first.
    fn child(&self, name: &str, next: &mut usize) -> Option<&Self> {
        let is_name = |at: usize| self.children.get(at).is_some_and(|(child, _)| child == name);
        let at = if is_name(*next) { Some(*next) } else { self.children.iter().position(|(child, _)| child == name) };
        at.map(|at| {
            *next = at + 1;
            &self.children[at].1
        })
    }
}

/// The cells of one row.
#[derive(Default)]
pub(crate) struct Cells {
    text: String,
    /// Range of each asked-for column's cell; none: missing.
    cells: Vec<Option<(usize, usize)>>,
    /// Values under keys that are no column of the file.
    pub(crate) n_unknown: u64,
}

impl Cells {
    pub(crate) fn clear(&mut self, n_columns: usize) {
        self.text.clear();
        self.cells.clear();
        self.cells.resize(n_columns, None);
        self.n_unknown = 0;
    }

    pub(crate) fn get(&self, column: usize) -> &str {
        self.cells.get(column).copied().flatten().and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default()
    }

    fn set(&mut self, keys: &Keys, write: impl FnOnce(&mut String)) {
        self.n_unknown += u64::from(!keys.is_known);
        if let Some(column) = keys.column {
            let start = self.text.len();
            write(&mut self.text);
            self.cells[column] = Some((start, self.text.len()));
        }
    }
}

/// Reads one object into cells.
pub(crate) struct Row<'a> {
    pub(crate) keys: &'a Keys,
    pub(crate) cells: &'a mut Cells,
}

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        object(self.keys, self.cells, map)
    }
}

fn object<'de, A: MapAccess<'de>>(keys: &Keys, cells: &mut Cells, mut map: A) -> Result<(), A::Error> {
    let mut next = 0;
    while let Some(child) = map.next_key_seed(Key { keys, next: &mut next })? {
        match child {
            Some(keys) if keys.column.is_some() || !keys.children.is_empty() => map.next_value_seed(Value { keys, cells })?,
            Some(_) => skip(&mut map)?,
            None => {
                cells.n_unknown += 1;
                skip(&mut map)?;
            }
        }
    }
    Ok(())
}

fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(|IgnoredAny| ())
}

struct Key<'a, 'b> {
    keys: &'a Keys,
    next: &'b mut usize,
}

impl<'de, 'a> DeserializeSeed<'de> for Key<'a, '_> {
    type Value = Option<&'a Keys>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'_> for Key<'a, '_> {
    type Value = Option<&'a Keys>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        // A key with dots of its own is a path, as the header writes it.
        match self.keys.child(name, self.next) {
            None if name.contains('.') => Ok(name.split('.').try_fold(self.keys, |keys, part| keys.child(part, &mut 0))),
            found => Ok(found),
        }
    }
}

struct Value<'a, 'b> {
    keys: &'a Keys,
    cells: &'b mut Cells,
}

impl<'de> DeserializeSeed<'de> for Value<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.cells.set(self.keys, |out| out.push_str(if value { "true" } else { "false" }));
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.cells.set(self.keys, |out| out.push_str(&value.to_string()));
        Ok(())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.cells.set(self.keys, |out| out.push_str(&value.to_string()));
        Ok(())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.cells.set(self.keys, |out| out.push_str(&value.to_string()));
        Ok(())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.cells.set(self.keys, |out| out.push_str(value));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element::<serde_json::Value>()? {
            list.push(value);
        }
        let text = serde_json::Value::Array(list).to_string();
        self.cells.set(self.keys, |out| out.push_str(&text));
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        object(self.keys, self.cells, map)
    }
}

/// Collects the names of an object's values, those of objects inside it with dots, in the order seen.
pub(crate) struct Names<'a> {
    pub(crate) prefix: String,
    pub(crate) names: &'a mut Vec<String>,
    /// The same names, to look one up.
    pub(crate) seen: &'a mut std::collections::BTreeSet<String>,
}

impl<'de> DeserializeSeed<'de> for Names<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.prefix.is_empty() { deserializer.deserialize_map(self) } else { deserializer.deserialize_any(self) }
    }
}

impl Names<'_> {
    fn add<E>(self) -> Result<(), E> {
        if self.seen.insert(self.prefix.clone()) {
            self.names.push(self.prefix);
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Names<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.add()
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.add()
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.add()
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.add()
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.add()
    }
    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.add()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        self.add()
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let prefix = if self.prefix.is_empty() { key } else { format!("{}.{key}", self.prefix) };
            map.next_value_seed(Names { prefix, names: &mut *self.names, seen: &mut *self.seen })?;
        }
        Ok(())
    }
}
