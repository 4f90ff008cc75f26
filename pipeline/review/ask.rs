//! What does a request ask for?

pub(super) use crate::report::address::encoded as encode;

/// A request, read and decoded; its parts are text that anybody could have sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Ask {
    pub(super) method: Method,
    /// Parts of the path, decoded: never used as a path of the file system.
    pub(super) path: Vec<String>,
    /// Path and query as they were sent.
    pub(super) target: String,
    pub(super) query: Fields,
    pub(super) form: Fields,
    pub(super) host: Option<String>,
    pub(super) origin: Option<String>,
    /// `Sec-Fetch-Site`.
    pub(super) site: Option<String>,
    pub(super) cookie: Option<String>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Method {
    #[default]
    Get,
    Post,
}

/// Names and values, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

/// Fields of one request that are read.
const MAX_FIELDS: usize = 500;

impl Fields {
    /// Reads `a=1&b=2`.
    pub(super) fn parse(text: &str) -> Self {
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name, Plus::IsSpace), decode(value, Plus::IsSpace))
        };
        Self(text.split('&').filter(|part| !part.is_empty()).take(MAX_FIELDS).map(pair).collect())
    }

    /// A value; none: not given or blank.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// A value, blank when it was not given.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// A number that was given and can be read.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }

    /// The same with one value set (none: taken away), as a query.
    pub(super) fn with(&self, name: &str, value: Option<&str>) -> String {
        let mut parts: Vec<String> = self
            .0
            .iter()
            .filter(|(known, value)| known != name && !value.is_empty())
            .map(|(known, value)| format!("{}={}", encode(known), encode(value)))
            .collect();
        parts.extend(value.map(|value| format!("{}={}", encode(name), encode(value))));
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }
}

/// What `+` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plus {
    /// In forms and queries.
    IsSpace,
    /// In paths.
    IsPlus,
}

/// Takes `%41` back; what is no UTF-8 becomes the replacement character.
pub(super) fn decode(text: &str, plus: Plus) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = |n: usize| bytes.get(at + n).and_then(|b| char::from(*b).to_digit(16));
        match (byte, hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', ..) if plus == Plus::IsSpace => out.push(b' '),
            _ => out.push(*byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_go_there_and_back() {
        for text in ["a b", "a+b", "ä&=?#/%", "\u{202e}", "..%2f", "<script>"] {
            assert_eq!(decode(&encode(text), Plus::IsSpace), text);
            assert_eq!(Fields::parse(&format!("x=1&q={}", encode(text))).text("q"), text.trim());
        }
        assert_eq!(decode("%zz%4", Plus::IsPlus), "%zz%4");
        assert_eq!(decode("%ff", Plus::IsPlus), "\u{fffd}");
        let fields = Fields::parse("q=late+fee&page=3&&x");
        assert_eq!((fields.get("q"), fields.number("page"), fields.get("x")), (Some("late fee"), Some(3), None));
        assert_eq!(fields.with("page", Some("4")), "?q=late%20fee&page=4");
        assert_eq!(fields.with("q", None), "?page=3");
        assert_eq!(Fields::parse(&"a=1&".repeat(10_000)).0.len(), MAX_FIELDS);
    }
}
