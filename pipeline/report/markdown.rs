//! How does a page look as Markdown?
//!
//! Every page is made of a few tags of ours, each closed; they are turned into Markdown one by one. Drawings are left out: their figures stand beside
//! them. Text of people is escaped, so that it is text here too.

/// A page of ours as Markdown.
pub(super) fn of(page: &str) -> String {
    let mut writer = Writer::default();
    let mut rest = page;
    while let Some((text, after)) = rest.split_once('<') {
        writer.text(text);
        let Some((tag, after)) = after.split_once('>') else { break };
        writer.tag(tag);
        rest = after;
    }
    let mut out = String::new();
    for line in writer.out.lines().map(str::trim_end) {
        if !(line.is_empty() && (out.is_empty() || out.ends_with("\n\n"))) {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Tags inside which nothing is written.
    n_hidden: usize,
    /// Cells of the row of a table.
    row: Option<Vec<String>>,
    cell: Option<String>,
    n_ordered: Option<usize>,
    is_quote: bool,
    /// What a program reads: kept as it is.
    code: Option<String>,
}

impl Writer {
    fn push(&mut self, text: &str) {
        match &mut self.cell {
            Some(cell) => cell.push_str(text),
            None => self.out.push_str(text),
        }
    }

    fn text(&mut self, text: &str) {
        if self.n_hidden > 0 {
            return;
        }
        if let Some(code) = &mut self.code {
            code.push_str(&decoded(text).replace(['\n', '\r', '\t'], " "));
            return;
        }
        let mut words = String::new();
        for c in decoded(text).chars() {
            match c {
                '\n' | '\r' | '\t' => words.push(' '),
                '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' => {
                    words.push('\\');
                    words.push(c);
                }
                _ => words.push(c),
            }
        }
        if words.trim().is_empty() && (self.out.ends_with('\n') && self.cell.is_none()) {
            return;
        }
        self.push(&words);
    }

    fn tag(&mut self, tag: &str) {
        let (name, is_end) = tag.strip_prefix('/').map_or((tag, false), |name| (name, true));
        let name = name.split([' ', '/']).next().unwrap_or_default();
        match name {
            "head" | "svg" | "nav" if is_end => self.n_hidden = self.n_hidden.saturating_sub(1),
            "head" | "svg" | "nav" => self.n_hidden += 1,
            _ if self.n_hidden > 0 => {}
            "h1" | "h2" | "h3" | "h4" | "h5" => {
                let level = name.trim_start_matches('h').parse().unwrap_or(1);
                self.push(&if is_end { "\n\n".to_owned() } else { format!("\n\n{} ", "#".repeat(level)) });
            }
            "p" | "div" | "section" | "header" | "details" | "summary" | "dl" | "caption" => self.end_block(),
            "dt" => self.push(if is_end { ":** " } else { "\n- **" }),
            // Where a table comes from stands below its title.
            "span" if !is_end && tag.contains("\"origin\"") => self.push("  \n"),
            "br" => self.push(if self.cell.is_some() { " " } else { "  \n" }),
            "b" | "strong" => self.push("**"),
            "code" if is_end => self.end_code(),
            "code" => self.code = Some(String::new()),
            "ol" => {
                self.n_ordered = (!is_end).then_some(0);
                self.end_block();
            }
            "ul" => self.end_block(),
            "li" if !is_end => {
                let mark = self.n_ordered.as_mut().map_or_else(
                    || "- ".to_owned(),
                    |n| {
                        *n += 1;
                        format!("{n}. ")
                    },
                );
                self.push(&format!("\n{mark}"));
            }
            "blockquote" => {
                self.is_quote = !is_end;
                self.push(if is_end { "\n\n" } else { "\n\n> " });
            }
            "footer" => self.push(if is_end { "" } else { " — " }),
            "tr" if is_end => self.end_row(),
            "tr" => self.row = Some(Vec::new()),
            "th" | "td" if is_end => {
                let cell = self.cell.take().unwrap_or_default();
                if let Some(row) = &mut self.row {
                    row.push(cell.split_whitespace().collect::<Vec<_>>().join(" ").replace("**  **", ""));
                }
            }
            "th" | "td" => self.cell = Some(String::new()),
            "thead" if is_end => {
                let n = self.out.lines().next_back().map_or(1, |line| line.matches(" |").count());
                self.out.push_str(&format!("|{}\n", " --- |".repeat(n)));
            }
            "thead" => self.out.push_str("\n\n"),
            "table" if is_end => self.out.push('\n'),
            _ => {}
        }
    }

    fn end_block(&mut self) {
        if self.cell.is_none() && !self.is_quote {
            self.out.push_str("\n\n");
        }
    }

    /// Between more backticks than stand in a row inside.
    fn end_code(&mut self) {
        let Some(code) = self.code.take().filter(|code| !code.is_empty()) else { return };
        let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or_default();
        let fence = "`".repeat(longest + 1);
        let pad = if longest > 0 { " " } else { "" };
        let code = if self.cell.is_some() { code.replace('|', "\\|") } else { code };
        self.push(&format!("{fence}{pad}{code}{pad}{fence}"));
    }

    fn end_row(&mut self) {
        let cells = self.row.take().unwrap_or_default();
        self.out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
}

/// Text without the escapes of markup.
pub(super) fn decoded(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_become_markdown_and_words_stay_words() {
        let check = |page: &str, expected: &str| assert_eq!(of(page).trim(), expected);
        check("<head><title>t</title></head><h1>Sep</h1>\n<p>a <b>b</b> &lt;i&gt; *c*</p>", "# Sep\n\na **b** \\<i\\> \\*c\\*");
        check("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two");
        check(
            "<table>\n<caption>T</caption>\n<thead><tr><th>A</th><th>B</th></tr></thead>\n<tbody><tr><td><div>1|2</div></td><td>x</td></tr></tbody></table>",
            "T\n\n| A | B |\n| --- | --- |\n| 1\\|2 | x |",
        );
        check("<p>All: <code>FROM kpi_month WHERE a = &#39;*&#39;</code></p>", "All: `FROM kpi_month WHERE a = '*'`");
        check("<p><code>a`b</code></p>", "`` a`b ``");
        check("<dl>\n<dt>Tier</dt><dd>Gold</dd>\n<dt>Base</dt><dd>5</dd>\n</dl>", "- **Tier:** Gold\n- **Base:** 5");
        check("<svg><text>9</text></svg><blockquote><p>said</p><footer>who</footer></blockquote>", "> said — who");
    }
}
