//! What does the index hold of a verbatim?

use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions};

/// Goes up when fields or words change: an index of another format is built again.
pub(super) const FORMAT: u32 = 1;

/// The fields of the index.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    pub(super) schema: Schema,
    /// Words as written, with their order: quotes, prefixes, fuzzy words.
    pub(super) word: Field,
    /// Words stemmed by the verbatim's language.
    pub(super) stem: Field,
    /// The text, for showing.
    pub(super) text: Field,
    pub(super) verbatim_id: Field,
    pub(super) response_id: Field,
    pub(super) source: Field,
    pub(super) question: Field,
    /// First day of the month, days since 1970.
    pub(super) month: Field,
    /// Seconds since 1970; the first of the month where the time is not known.
    pub(super) received: Field,
    pub(super) nps: Field,
    pub(super) sentiment: Field,
    pub(super) sentiment_label: Field,
    pub(super) emotion: Field,
    /// Themes of its clauses, each once.
    pub(super) theme: Field,
    pub(super) primary_theme: Field,
    /// Words of the account's name, for asking.
    pub(super) account: Field,
    /// Id in lower case, else the name: exact.
    pub(super) account_id: Field,
    pub(super) account_name: Field,
    /// Routes of the cases of its response.
    pub(super) route: Field,
    /// HOTLINE rules that fired on it.
    pub(super) rule: Field,
    /// HOTLINE rules that matched and were suppressed.
    pub(super) suppressed: Field,
    pub(super) language: Field,
    pub(super) segment: Field,
    pub(super) channel: Field,
    pub(super) product: Field,
    pub(super) area: Field,
    /// Where its rows are in the tables: six numbers, see [`super::Places`].
    pub(super) places: Field,
}

impl Fields {
    pub(super) fn new() -> Self {
        let mut schema = Schema::builder();
        let words = |records| {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default().set_tokenizer("whitespace").set_index_option(records).set_fieldnorms(true),
            )
        };
        let word = schema.add_text_field("word", words(IndexRecordOption::WithFreqsAndPositions));
        let stem = schema.add_text_field("stem", words(IndexRecordOption::WithFreqs));
        let account = schema.add_text_field("account", words(IndexRecordOption::WithFreqsAndPositions));
        let mut stored = |name| schema.add_text_field(name, STORED);
        let (text, question, account_name) = (stored("text"), stored("question"), stored("account_name"));
        let mut id = |name| schema.add_text_field(name, STRING | STORED);
        let (verbatim_id, response_id, primary_theme) = (id("verbatim_id"), id("response_id"), id("primary_theme"));
        let mut key = |name| schema.add_text_field(name, STRING);
        let (rule, suppressed, account_id, emotion) = (key("rule"), key("suppressed"), key("account_id"), key("emotion"));
        let sentiment_label = key("sentiment_label");
        let mut facet = |name| schema.add_text_field(name, STRING | FAST);
        let (theme, route) = (facet("theme"), facet("route"));
        let (segment, channel, product, area) = (facet("segment"), facet("channel"), facet("product"), facet("area"));
        let source = schema.add_text_field("source", STRING | STORED | FAST);
        let language = schema.add_text_field("language", STRING | STORED);
        let month = schema.add_i64_field("month", INDEXED | FAST);
        let received = schema.add_i64_field("received", FAST);
        let nps = schema.add_i64_field("nps", FAST);
        let sentiment = schema.add_f64_field("sentiment", FAST);
        let places = schema.add_bytes_field("places", STORED);
        Self {
            schema: schema.build(),
            word,
            stem,
            text,
            verbatim_id,
            response_id,
            source,
            question,
            month,
            received,
            nps,
            sentiment,
            sentiment_label,
            emotion,
            theme,
            primary_theme,
            account,
            account_id,
            account_name,
            route,
            rule,
            suppressed,
            language,
            segment,
            channel,
            product,
            area,
            places,
        }
    }
}
