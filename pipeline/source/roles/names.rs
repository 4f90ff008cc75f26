//! What does a column's name say?
//!
//! A name is cut into words (`tweetCreated`, `tweet_created` and `Tweet created` are the same); the tables here say which
//! words mean which role. They are written for English exports, with the commonest words of other languages for open answers.

use crate::config::Role;

/// A column's name, cut.
pub(super) struct Name {
    /// Its words in lower case, digits apart.
    pub(super) words: Vec<String>,
    /// The same, joined by spaces, with a space at both ends.
    pub(super) text: String,
    pub(super) is_question: bool,
    /// Whether the file gave none.
    pub(super) is_missing: bool,
}

impl Name {
    pub(super) fn new(name: &str) -> Self {
        let mut words: Vec<String> = Vec::new();
        let mut last = ' ';
        for c in name.chars() {
            let starts = last.is_lowercase() && c.is_uppercase() || last.is_ascii_digit() != c.is_ascii_digit() && last.is_alphanumeric();
            if c.is_alphanumeric() || c == '\'' {
                if starts || !(last.is_alphanumeric() || last == '\'') {
                    words.push(String::new());
                }
                if let Some(word) = words.last_mut() {
                    word.extend(c.to_lowercase());
                }
            }
            last = c;
        }
        let text = format!(" {} ", words.join(" "));
        let is_missing =
            name.strip_prefix("column_").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit())) || name.starts_with("Unnamed: ");
        Self { words, text, is_question: name.trim_end().ends_with('?'), is_missing }
    }

    /// Whether one of the phrases occurs, at word boundaries.
    pub(super) fn has(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.text.contains(&format!(" {phrase} ")))
    }

    /// Whether it is a question or a sentence: single words of it say little.
    pub(super) fn is_long(&self) -> bool {
        self.is_question || self.words.len() >= 6
    }

    /// Whether it is a question's number: `Q3`, `Q3 Billing`.
    pub(super) fn is_numbered(&self) -> bool {
        let is_q = self.words.first().is_some_and(|word| word == "q");
        is_q && self.words.get(1).is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
    }

    /// Whether the whole name is one of the phrases.
    pub(super) fn is(&self, phrases: &[&str]) -> bool {
        phrases.contains(&self.text.trim())
    }
}

/// The measure's name: lower case, everything else than letters and digits becomes `_`.
pub(super) fn measure(column: &str) -> String {
    let mut out = String::with_capacity(column.len());
    for c in column.chars() {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    out.trim_end_matches('_').to_owned()
}

/// Words that make an open answer likely.
#[rustfmt::skip]
pub(super) const OPEN: &[&str] = &[
    "narrative", "verbatim", "verbatims", "comment", "comments", "review", "reviews", "text", "feedback", "content", "message",
    "description", "remark", "remarks", "opinion", "suggestion", "suggestions", "answer", "why", "reason", "reasons", "body",
    "complaint", "complaints", "note", "notes", "improve", "improvement", "improvements", "anything else", "tell us",
    "in your own words", "explain", "explanation", "details", "tweet", "post", "transcript", "open end", "openend", "open ended",
    "free text", "freetext", "title", "headline", "summary", "subject", "pros", "cons", "kommentar", "commentaire", "comentario",
    "comentarios", "commento", "sentence", "question", "query", "request", "response", "utterance", "what", "how", "experience",
    "testimonial", "likes", "dislikes", "issue description", "what happened", "avis", "texte",
    "texto", "bemerkung", "bemerkungen", "freitext", "commentaires", "recensione", "opinión", "reseña", "comentário", "comentários",
];

/// Words that make an open answer sure, whatever else the name says: `Reason for your score`.
#[rustfmt::skip]
pub(super) const SURELY_OPEN: &[&str] = &[
    "narrative", "verbatim", "verbatims", "comment", "comments", "feedback", "why", "reason", "reasons", "explain", "explanation",
    "tell us", "improve", "suggestion", "suggestions", "anything else", "in your own words", "remarks", "open ended",
];

/// Words with which even a sure name is about something else.
#[rustfmt::skip]
pub(super) const SURELY_NOT_OPEN: &[&str] = &[
    "id", "ids", "date", "count", "counts", "label", "labels", "category", "categories", "type", "sentiment", "status", "url",
    "link", "code", "codes", "length", "language", "lang", "author", "tag", "tags", "topic", "theme", "by", "reply", "replies",
    "translated", "version",
];

/// Words with which a column is about something else than what a respondent wrote.
#[rustfmt::skip]
pub(super) const NOT_OPEN: &[&str] = &[
    "id", "ids", "date", "time", "count", "counts", "label", "labels", "target", "category", "categories", "type", "sentiment",
    "status", "url", "link", "code", "score", "rating", "consent", "state", "source", "tag", "tags", "class", "public response",
    "company response", "company public response", "length", "language", "lang", "address", "number", "no", "email", "name",
    "author", "job title", "contact title", "flag", "polarity", "intent", "topic", "theme", "department", "division", "response id",
    "set", "agent", "hash", "file", "path", "country", "city", "version", "reply", "replies", "owner response",
    "management response", "agent response", "developer response", "vendor", "seller", "image", "photo", "route", "aircraft", "location", "coord",
    "timezone", "zone", "nationality", "days", "since", "ago",
];

/// Things that are named in several words: without a name that speaks of answers, long cells of these are no open answers.
#[rustfmt::skip]
pub(super) const THINGS: &[&str] = &[
    "product", "item", "company", "location", "brand", "model", "hotel", "restaurant", "airline", "airport", "region", "street",
    "place", "venue", "store", "branch", "organization", "organisation", "campaign", "survey", "template", "policy", "course",
    "book", "movie", "film", "app", "device", "browser", "user agent",
];

/// Words with which a number is a rating.
#[rustfmt::skip]
pub(super) const RATING: &[&str] = &[
    "rating", "ratings", "score", "scores", "satisfaction", "satisfied", "csat", "osat", "overall", "rate", "stars", "star", "grade",
    "quality", "effort", "ease", "easy", "ces", "nps", "recommend", "likelihood", "how likely", "how satisfied",
    "how would you rate", "bewertung", "agree", "likely", "value for money", "net promoter",
    "zufriedenheit", "weiterempfehlung", "satisfacción", "puntuación", "calificación", "punteggio", "sterne", "étoiles",
];

/// Words with which a number is never a rating.
#[rustfmt::skip]
pub(super) const NOT_RATING: &[&str] = &[
    "id", "ids", "count", "counts", "age", "target", "label", "labels", "ind", "recommended", "year", "month", "day", "days", "zip",
    "postcode", "index", "std", "number of", "n", "num", "sentiment", "confidence", "probability", "prob", "compound", "weight",
    "latitude", "longitude", "lat", "lon", "lng", "polarity", "flag", "children", "employees", "tenure", "row", "version", "rank",
    "code", "no", "intent", "votes", "vote", "helpful", "helpfulness", "numerator", "denominator", "likes", "retweets", "followers",
    "useful", "funny", "cool", "thumbs", "upvotes", "average", "avg", "mean", "gender", "education", "income", "household",
    "cluster", "marital", "duration", "progress", "length", "set", "group", "wave", "batch", "page", "credit score", "risk score",
];

/// Words with which a number is a rating only among others of its kind: a price is none, satisfaction with the price is one.
#[rustfmt::skip]
pub(super) const SELDOM_RATING: &[&str] = &[
    "price", "amount", "revenue", "value usd", "size", "quantity", "date", "time", "class", "category", "visits", "orders", "order",
    "phone", "contacts", "calls", "tickets", "hours", "minutes", "seconds", "people", "guests", "rooms", "nights", "times", "level",
    "step", "type", "status", "priority", "severity",
];

/// Single roles: what a name must hold, and what it must not, best first within a role.
pub(super) struct Rule {
    pub(super) role: Role,
    /// Phrases of which one must occur.
    pub(super) has: &'static [&'static str],
    /// Phrases of which none may occur.
    pub(super) not: &'static [&'static str],
    pub(super) holds: Holds,
}

/// What the cells must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// Different in (nearly) every row.
    Keys,
    Dates,
    /// Short texts, of which many are equal or not.
    Names,
    /// Short texts with few values.
    Groups,
    Numbers,
    Mails,
    Phones,
    YesNo,
    /// Anything short or long.
    Any,
}

const fn rule(role: Role, holds: Holds, has: &'static [&'static str], not: &'static [&'static str]) -> Rule {
    Rule { role, has, not, holds }
}

#[rustfmt::skip]
const ENTITY: &[&str] = &[
    "account", "acct", "customer", "client", "company", "contact", "user", "member", "product", "store", "agent", "order", "item",
    "clothing", "location", "branch", "employee", "parent", "invoice", "author", "reviewer", "person", "device", "session", "ip",
    "campaign",
];

/// In this order columns are given to roles; the first column that fits takes the role.
#[rustfmt::skip]
pub(super) const RULES: &[Rule] = &[
    rule(Role::Id, Holds::Keys, &[
        "response id", "respondent id", "response no", "response number", "record id", "record no", "case no", "case id", "case number",
        "ticket id", "ticket no", "ticket number", "complaint id", "complaint no", "complaint number", "survey id", "survey response id",
        "submission id", "interview id", "feedback id", "review id", "tweet id", "comment id", "entry id", "message id", "response uuid",
        "responseid", "caseid", "ticketid", "reviewid", "respid", "resp id", "post id", "incident id", "incident number", "call id",
    ], &["parent"]),
    rule(Role::Id, Holds::Keys, &["id", "uuid", "guid", "key", "uid", "respondent", "reference", "ref"], ENTITY),
    rule(Role::ReceivedAt, Holds::Dates, &["received", "received at", "date received", "response date", "answered", "answered at"],
        &["sent to"]),
    rule(Role::ReceivedAt, Holds::Dates, &[
        "completed", "completed at", "submitted", "submitted at", "submission date", "recorded", "recorded date", "end date", "enddate",
        "finished", "interview date", "survey date", "feedback date", "review date", "complaint date",
    ], &["sent to"]),
    rule(Role::ReceivedAt, Holds::Dates, &[
        "created", "created at", "posted", "posted at", "timestamp", "published", "opened", "reported", "logged",
    ], OTHER_DATES),
    rule(Role::ReceivedAt, Holds::Dates, &["date", "datetime", "time", "when", "day", "datum", "fecha", "at"], OTHER_DATES),
    rule(Role::SentAt, Holds::Dates, &[
        "sent", "sent at", "sent date", "invited", "invited at", "invitation", "invite date", "mailed", "distributed",
    ], &["sent to", "company", "agency"]),
    rule(Role::ExperienceAt, Holds::Dates, &[
        "visit", "visited", "experience", "purchase", "purchased", "stay", "flight", "travel", "service date", "delivery", "delivered",
        "order date", "transaction", "transaction date", "interaction", "call date", "event", "incident date", "appointment",
    ], &["next", "last"]),
    rule(Role::Wave, Holds::Groups, &[
        "wave", "fieldwork", "survey wave", "survey period", "quarter", "fiscal quarter", "period", "reporting month", "report month",
    ], &[]),
    rule(Role::AccountId, Holds::Names, &[
        "account id", "account no", "account number", "acct", "acct id", "acct no", "client id", "company id", "organisation id",
        "organization id", "accountid", "customer account", "account code",
    ], &[]),
    rule(Role::AccountValue, Holds::Numbers, &[
        "account value", "arr", "mrr", "acv", "tcv", "contract value", "annual revenue", "revenue", "annual spend", "spend",
        "account revenue",
    ], &[]),
    rule(Role::AccountName, Holds::Names, &[
        "account name", "company name", "client name", "organisation name", "organization name", "business name", "account", "company",
        "client", "organisation", "organization", "employer", "firm",
    ], NOT_ACCOUNT),
    rule(Role::ContactId, Holds::Names, &[
        "contact id", "customer id", "customer no", "customer number", "user id", "member id", "person id", "respondent id",
        "panelist id", "guest id", "subscriber id", "customerid", "userid", "reviewer id", "author id",
    ], &[]),
    rule(Role::ContactEmail, Holds::Mails, &["email", "e mail", "mail", "email address"], &[]),
    rule(Role::ContactPhone, Holds::Phones, &["phone", "telephone", "mobile", "cell", "tel", "phone number"], &[]),
    rule(Role::ContactTitle, Holds::Names, &["job title", "contact title", "position", "job", "occupation"], &[]),
    rule(Role::ContactRole, Holds::Groups, &[
        "contact role", "role", "decision maker", "contact type", "respondent role", "job function", "job role",
    ], &[]),
    rule(Role::ContactName, Holds::Names, &[
        "contact name", "full name", "customer name", "respondent name", "reviewer name", "user name", "username", "guest name",
        "contact", "author", "reviewer", "respondent", "author name", "customer", "name",
    ], &[
        "country", "city", "location", "id", "company", "account", "client", "product", "department", "division", "class", "brand",
        "airline", "lounge", "store", "branch", "segment", "type", "role", "title", "service", "airport", "hotel", "restaurant", "file",
        "question", "contact me", "consent", "support", "care", "disputed", "tenure", "since", "age", "experience", "effort",
        "satisfaction", "region", "state", "value", "status", "area", "nationality",
    ]),
    rule(Role::Channel, Holds::Groups, &[
        "channel", "submitted via", "via", "medium", "touchpoint", "contact channel", "collection method", "survey channel", "mode",
    ], &[]),
    rule(Role::Segment, Holds::Groups, &[
        "segment", "customer segment", "tier", "customer type", "customer tier", "account tier", "plan", "account type", "segmentation",
        "cohort",
    ], &["id"]),
    rule(Role::Product, Holds::Groups, &["product", "product name", "product line", "product type"], &["sub", "id", "code"]),
    rule(Role::Product, Holds::Groups, &[
        "airline", "airline name", "brand", "brand name", "model", "service name", "hotel", "hotel name", "restaurant",
        "restaurant name", "store name", "department name", "product category",
    ], &["id", "sentiment"]),
    rule(Role::Area, Holds::Groups, &[
        "area", "functional area", "function", "department", "business area", "service area", "team",
    ], &["code", "id", "name"]),
    rule(Role::CallbackRequested, Holds::YesNo, &[
        "callback", "call back", "callback requested", "call me", "contact me", "contact you", "follow up", "followup", "may we contact",
        "want to be contacted", "be contacted", "request callback", "call you", "reach out",
    ], &["date", "time", "note"]),
    rule(Role::ShareConsent, Holds::Groups, &[
        "consent", "share", "sharing", "permission", "may we share", "anonymous", "anonymity", "confidential", "confidentiality",
    ], &["market share", "provided", "date"]),
    rule(Role::HotlineNote, Holds::Any, &[
        "hotline note", "hotline comment", "hotline reason", "hotline text", "alert note", "alert reason", "hot alert note",
        "escalation note", "escalation reason",
    ], &[]),
    rule(Role::HotlineFlag, Holds::YesNo, &[
        "hotline", "hotline flag", "hot alert", "hotalert", "alert", "alert flag", "red flag", "escalate", "escalated", "escalation",
        "partner flag",
    ], &["note", "date", "reason"]),
];

/// A date of something else than the answer.
#[rustfmt::skip]
const OTHER_DATES: &[&str] = &[
    "sent", "birth", "dob", "expiry", "expires", "expiration", "renewal", "contract", "visit", "purchase", "purchased", "stay",
    "flight", "travel", "order", "delivery", "due", "closed", "resolved", "start", "invited", "invitation", "experience",
    "transaction", "joined", "signup", "hire", "updated", "modified", "last", "next", "zone", "timezone", "response time", "elapsed",
    "duration", "service", "appointment", "event", "account", "replied", "reply", "responded",
];

#[rustfmt::skip]
const NOT_ACCOUNT: &[&str] = &[
    "response", "public", "id", "type", "tier", "size", "value", "revenue", "industry", "sector", "status", "manager", "owner", "no",
    "number", "country", "region", "segment", "date", "sent", "contact", "age", "code", "since", "satisfaction", "rating", "score",
];
