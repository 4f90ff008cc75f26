//! How does text become markup that nobody's words can break?
//!
//! Markup comes in as constants of the program only ([`Html::raw`] takes `&'static str`); everything that was read from a
//! table goes through [`Html::text`] or [`Html::foreign`], which escape. Nothing else is taken away.

#[cfg(feature = "review")]
use std::fmt::Write as _;

/// A piece of a page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Html(String);

impl Html {
    /// Markup of ours.
    pub(crate) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text, escaped.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                _ => self.0.push(c),
            }
        }
        self
    }

    /// Text that people wrote: escaped, and kept from turning the direction of what stands around it.
    pub(crate) fn foreign(&mut self, text: &str) -> &mut Self {
        self.raw("<bdi>").text(text).raw("</bdi>")
    }

    /// An attribute; between `raw("<td")` and `raw(">")`.
    pub(crate) fn attribute(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.raw(" ").raw(name).raw("=\"").text(value).raw("\"")
    }

    /// An attribute that is a length or a place in a drawing, to a tenth.
    #[cfg(feature = "review")]
    pub(crate) fn place(&mut self, name: &'static str, value: f64) -> &mut Self {
        write!(self.0, " {name}=\"{value:.1}\"").expect("writing to a string does not fail");
        self
    }

    /// What [`super::chart`] drew: from figures and months, never from what people wrote.
    pub(super) fn drawing(&mut self, svg: &str) -> &mut Self {
        self.0.push_str(svg);
        self
    }

    /// An element of a class that holds text.
    pub(crate) fn element(&mut self, name: &'static str, class: &'static str, text: &str) -> &mut Self {
        self.raw("<").raw(name);
        if !class.is_empty() {
            self.attribute("class", class);
        }
        self.raw(">").text(text).raw("</").raw(name).raw(">")
    }

    /// Another piece.
    pub(crate) fn push(&mut self, other: &Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    /// The markup.
    pub(crate) fn finish(self) -> String {
        self.0
    }

    /// A piece that is nothing but text.
    pub(crate) fn of(text: &str) -> Self {
        let mut html = Self::default();
        html.text(text);
        html
    }

    /// A piece that is nothing but what people wrote.
    pub(crate) fn of_foreign(text: &str) -> Self {
        let mut html = Self::default();
        html.foreign(text);
        html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_written_by_people_is_markup() {
        let check = |text: &str, expected: &str| assert_eq!(Html::of(text).finish(), expected);
        check("<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
        check("\"a\" & b", "&quot;a&quot; &amp; b");
        check("&amp;", "&amp;amp;");
        check("\u{202e}=cmd|' /C calc'!A0", "\u{202e}=cmd|&#39; /C calc&#39;!A0");
        let mut html = Html::default();
        html.raw("<td").attribute("data-label", "\" onclick=\"x").raw(">").foreign("<b>").raw("</td>");
        assert_eq!(html.finish(), "<td data-label=\"&quot; onclick=&quot;x\"><bdi>&lt;b&gt;</bdi></td>");
    }
}
