//! The tables themselves: a list to be read. `?"…"` marks a column that may be null and says what null means.

use super::rows::Column as ColumnOf;
use super::{Column, Kind, Layout, Table};

macro_rules! tables {
    ($($table:ident $constant:ident $layout:ident [$($key:ident),*] $about:literal {
        $($column:ident: $kind:ident $(? $null:literal)?, $description:literal $([$unit:literal])?;)*
    })*) => {
        /// Every table, in the order of the documentation.
        pub const TABLES: &[&Table] = &[$(&$constant),*];
        $(
            #[doc = $about]
            pub const $constant: Table = Table {
                name: stringify!($table),
                layout: Layout::$layout,
                key: &[$(stringify!($key)),*],
                description: $about,
                columns: &[$(Column {
                    name: stringify!($column),
                    kind: Kind::$kind,
                    null: tables!(@option $($null)?),
                    description: $description,
                    unit: tables!(@option $($unit)?),
                }),*],
            };
            #[doc = concat!("The columns of `", stringify!($table), "`.")]
            pub mod $table {
                #[doc = concat!("A column of `", stringify!($table), "`.")]
                #[derive(Clone, Copy, Debug, PartialEq, Eq)]
                #[expect(non_camel_case_types, reason = "variants are the column names as written in the files")]
                pub enum Column { $(#[doc = $description] $column),* }
                pub use Column::*;
                impl super::ColumnOf for Column {
                    const TABLE: &'static super::Table = &super::$constant;
                    fn index(self) -> usize { self as usize }
                }
            }
        )*
    };
    (@option $value:literal) => { Some($value) };
    (@option) => { None };
}

tables! {
    response RESPONSE Month [source, response_id] "A response or complaint: one person, one survey, one time." {
        response_id: Utf8, "Id of the response in its source, trimmed, case kept; without an id column a hash of the row.";
        source: Utf8, "Name of the source: a survey, a complaint log.";
        source_file: Utf8 ?"not from a file", "File that the row came from, relative to the input.";
        source_row: Int64 ?"not from a file", "Row in that file, from 1, header not counted.";
        report_month: Date32, "First day of the month that the response is reported in.";
        received_at: Timestamp ?"not given", "When the answer was received." ["UTC"];
        sent_at: Timestamp ?"not given", "When the questionnaire was sent." ["UTC"];
        experience_at: Timestamp ?"not given", "When the experience was." ["UTC"];
        wave: Utf8 ?"not given", "Period of fieldwork, as the source names it.";
        account_id: Utf8 ?"not given", "Id of the customer's account.";
        account_name: Utf8 ?"not given", "Name of the customer's account.";
        contact_id: Utf8 ?"not given", "Id of the person who answered.";
        contact_name: Utf8 ?"not given", "Name of the person who answered.";
        contact_title: Utf8 ?"not given", "Job title of the person.";
        contact_role: Utf8 ?"not given", "Role in the account: end user, decision maker, influencer.";
        segment: Utf8 ?"not given", "Customer segment.";
        channel: Utf8 ?"not given", "Channel of the feedback.";
        product: Utf8 ?"not given", "Product or service that the response is about.";
        area: Utf8 ?"not given", "Functional area that the response is about.";
        nps_score: Int32 ?"no recommend question answered", "Answer to the first 0-10 recommend question." ["points, 0 to 10"];
        nps_class: Utf8 ?"no recommend question answered", "promoter (9-10), passive (7-8) or detractor (0-6).";
        verbatim_count: Int32 ?"never", "Open questions answered.";
        share_consent: Utf8 ?"not asked", "What may be shown to others: named, anonymous or aggregate_only.";
        is_hotline: Boolean, "Whether the response has a HOTLINE case.";
        account_value: Float64 ?"not given", "What the account is worth, as the source has it." ["unit of the source"];
    }
    response_attribute RESPONSE_ATTRIBUTE Month [source, response_id, name] "A column carried through from the source, one row a value." {
        source: Utf8, "Name of the source.";
        response_id: Utf8, "The response.";
        report_month: Date32, "First day of the report month.";
        name: Utf8, "Name of the column in the source.";
        value: Utf8 ?"empty in the source", "Its value, redacted like a verbatim.";
    }
    verbatim VERBATIM Month [verbatim_id] "An answered open question." {
        verbatim_id: Utf8, "Hash of source, response and question.";
        response_id: Utf8, "The response that it belongs to.";
        source: Utf8, "Name of the source.";
        report_month: Date32, "First day of the report month.";
        question: Utf8 ?"the source has no header", "The open question: the name of its column.";
        text: Utf8, "The answer, normalised and redacted; what every span counts in.";
        redaction_count: Int32 ?"never", "Pieces of personal data replaced by placeholders.";
        language: Utf8 ?"never", "ISO 639-1 code, or `und` when the text is too short to say.";
        char_count: Int32, "Length of the text." ["Unicode scalar values"];
        word_count: Int32 ?"never", "Words of the text, emoji counted as words.";
        clause_count: Int32 ?"never", "Rows that the verbatim has in `clause`.";
        meaningful: Boolean ?"never", "False for answers that say nothing: n/a, nothing, dots.";
        duplicate_of: Utf8 ?"the first of its text", "The first verbatim with equal text in the same source and month.";
        sentiment: Float64 ?"language without a lexicon, or no term found", "How positive the verbatim is." ["-1 to 1"];
        sentiment_label: Utf8 ?"no sentiment", "negative, neutral or positive.";
        vader_compound: Float64 ?"language other than English and undecided", "Classic VADER compound score of the text." ["-1 to 1"];
        emotion: Utf8 ?"none found", "The emotion that the words report.";
        primary_theme_id: Utf8 ?"no clause near a theme", "Of its clauses' themes the one nearest to the whole text.";
        registry_version: Int32 ?"no registry", "Version of the theme registry that assigned it.";
        found_theme_id: Utf8 ?"as primary_theme_id", "The theme that the registry found, where a person's change led the verbatim elsewhere.";
        is_hotline: Boolean, "Whether a HOTLINE rule fired on it.";
    }
    clause CLAUSE Month [verbatim_id, clause] "A part of a verbatim that says one thing." {
        verbatim_id: Utf8, "The verbatim.";
        clause: Int32, "Its place in the verbatim, from 0.";
        report_month: Date32, "First day of the report month.";
        start_char: Int32, "First character in `verbatim.text`." ["Unicode scalar values"];
        end_char: Int32, "One past the last character." ["Unicode scalar values"];
        sentiment: Float64 ?"no term found", "How positive the clause is." ["-1 to 1"];
        theme_id: Utf8 ?"no theme near enough", "The nearest theme.";
        theme_similarity: Float64 ?"nothing to compare", "Cosine of the clause and the nearest theme." ["-1 to 1"];
        found_theme_id: Utf8 ?"as theme_id", "The theme that the registry found, where a person's change led the clause elsewhere.";
    }
    hotline_hit HOTLINE_HIT Month [] "A place where a HOTLINE rule matched, fired or not." {
        verbatim_id: Utf8 ?"fired by a score or flag", "The verbatim.";
        response_id: Utf8, "The response.";
        source: Utf8, "Name of the source.";
        report_month: Date32, "First day of the report month.";
        rule_id: Utf8, "The rule.";
        rule_version: Int32 ?"a built-in trigger", "Version of the rule.";
        category: Utf8 ?"none", "What the rule is about: churn, legal_regulatory, safety, fraud_security, vulnerable, unresolved_repeat, irate, sales_lead or a user's own.";
        start_char: Int32 ?"fired by a score or flag", "First character of the first matched term." ["Unicode scalar values"];
        end_char: Int32 ?"fired by a score or flag", "One past the last character of the last matched term." ["Unicode scalar values"];
        matched_text: Utf8 ?"fired by a score or flag", "The text at that span.";
        assertion: Utf8 ?"fired by a score or flag", "affirmed, negated, conditional, historical, question or other_party.";
        cue_text: Utf8 ?"affirmed", "The words that settled the assertion.";
        fired: Boolean, "Whether the hit opens a case.";
        suppressed_by: Utf8 ?"it fired", "Why it did not fire: assertion, unless:..., when:....";
    }
    hotline HOTLINE Month [hotline_id] "A HOTLINE case: one for each response and route." {
        hotline_id: Utf8, "Hash of source, response and route.";
        response_id: Utf8, "The response.";
        source: Utf8, "Name of the source.";
        report_month: Date32, "First day of the report month.";
        category: Utf8 ?"only a score or flag", "Category of the most severe rule that fired.";
        route: Utf8, "Who acts: care, sales or a team that the rules name.";
        severity: Int32 ?"never", "1 (worst) to 5." ["1 to 5"];
        trigger: Utf8 ?"never", "What opened it: keyword, score, partner, callback or manual.";
        rule_ids: Utf8 ?"opened by a person", "The rules that fired, by severity, parted by commas.";
        account_id: Utf8 ?"not given", "The account.";
        account_name: Utf8 ?"not given", "Its name.";
        contact_name: Utf8 ?"not given", "The person.";
        description: Utf8 ?"never", "One line: category, rule and the matched words.";
        context: Utf8 ?"never", "Every answered question with its answer.";
        received_at: Timestamp ?"not given", "When the answer was received." ["UTC"];
        detected_at: Timestamp ?"never", "Clock of the run that first opened the case; never moved." ["UTC"];
        respond_by: Timestamp ?"historical", "Until when somebody has to act, counted from detected_at." ["UTC"];
        respond_within: Utf8 ?"historical", "Time that the rules give: 24h, 2 business days.";
        first_acted_at: Timestamp ?"nobody acted yet", "First action." ["UTC"];
        contacted_at: Timestamp ?"not contacted yet", "First contact with the customer." ["UTC"];
        closed_at: Timestamp ?"open or reopened", "When it was closed." ["UTC"];
        reopen_count: Int32 ?"never", "Times that it was reopened.";
        status: Utf8 ?"never", "open, acting, closed or historical.";
        owner: Utf8 ?"nobody", "Who has it.";
        resolution: Utf8 ?"not closed", "What was done.";
        disposition: Utf8 ?"not closed", "resolved, unresolved, expectation_reset, lead_won, lead_lost, lead_open, false_alarm, duplicate or unreachable.";
        root_cause: Utf8 ?"not given", "Why it happened.";
        value_won: Float64 ?"not given", "Value of the business won." ["currency of the account file"];
        external_ref: Utf8 ?"not given", "Id in the team's own tool.";
        linked_to: Utf8 ?"none", "An earlier case of the same account within 30 days.";
    }
    score SCORE Month [source, response_id, measure] "An answered rating." {
        response_id: Utf8, "The response.";
        source: Utf8, "Name of the source.";
        report_month: Date32, "First day of the report month.";
        measure: Utf8, "Name of the measure.";
        kind: Utf8 ?"never", "csat, nps, ces or rating.";
        area: Utf8 ?"not of one area", "Functional area that the measure is about.";
        value_raw: Float64 ?"words for points", "The answer as given." ["points"];
        value: Float64 ?"never", "The answer oriented so that high is good." ["points"];
        scale_low: Float64 ?"never", "Worst point, oriented." ["points"];
        scale_high: Float64 ?"never", "Best point, oriented." ["points"];
        is_top_box: Boolean ?"never", "The best point.";
        is_top_band: Boolean ?"never", "A point in the top fifth of the scale.";
        is_top_2_box: Boolean ?"scale of fewer than 5 points", "One of the two best points.";
        is_bottom_box: Boolean ?"never", "The worst point: totally dissatisfied.";
    }
    theme THEME Dimension [theme_id] "A theme that was ever known." {
        theme_id: Utf8, "Made from the registry version and the members; lasts.";
        label: Utf8 ?"never", "Readable name.";
        keywords: Utf8 ?"none", "Key terms, best first, parted by commas.";
        parent_id: Utf8 ?"top level", "The wider theme.";
        level: Int32 ?"never", "1: top level; 2: below.";
        status: Utf8 ?"never", "active, retired or merged.";
        merged_into: Utf8 ?"not merged", "The theme that it became.";
        area: Utf8 ?"none", "Functional area.";
        first_month: Date32 ?"never seen", "First month with a clause.";
        last_month: Date32 ?"never seen", "Last month with a clause.";
        origin: Utf8 ?"never", "discovered, seeded or split.";
        example_verbatim_id: Utf8 ?"none published", "A verbatim whose clause is nearest the centre.";
    }
    theme_month THEME_MONTH Month [source, theme_id, report_month, dimension, dimension_value] "A theme in one source and month, in all or in one part of it." {
        source: Utf8, "Name of the source.";
        theme_id: Utf8, "The theme.";
        report_month: Date32, "First day of the report month.";
        dimension: Utf8, "all, segment, channel, product or area.";
        dimension_value: Utf8, "Its value; `all` for all.";
        verbatims: Int64 ?"suppressed: a part with a base under five", "Verbatims with a clause of the theme.";
        responses: Int64 ?"suppressed: a part with a base under five", "Responses with a clause of the theme.";
        base: Int64 ?"never", "Responses with a meaningful verbatim.";
        share: Float64 ?"base of zero, or suppressed", "responses / base." ["0 to 1"];
        share_low: Float64 ?"base of zero, or suppressed", "Lower end of the 95 % Wilson interval." ["0 to 1"];
        share_high: Float64 ?"base of zero, or suppressed", "Upper end of the 95 % Wilson interval." ["0 to 1"];
        sentiment: Float64 ?"no clause scored", "Mean sentiment of its clauses." ["-1 to 1"];
        share_change: Float64 ?"no month before", "Change of share against the month before." ["points of share, -1 to 1"];
        p_value: Float64 ?"not tested", "Two-sided, of no change." ["0 to 1"];
        q_value: Float64 ?"not tested", "Benjamini-Hochberg over all tests of the month and source." ["0 to 1"];
        verdict: Utf8 ?"no month before", "up, down, no_evidence or base_too_small.";
        trend: Utf8 ?"too few months", "new, growing, steady or fading.";
        nps_impact: Float64 ?"not computed", "What the theme adds to NPS." ["NPS points"];
        impact_low: Float64 ?"not computed", "Lower end of its interval." ["NPS points"];
        impact_high: Float64 ?"not computed", "Upper end of its interval." ["NPS points"];
        hotlines: Int64 ?"suppressed: a part with a base under five", "Responses of the theme that are a HOTLINE.";
        top_box_impact: Float64 ?"not computed", "What the theme adds to the share of best points of overall satisfaction." ["percentage points"];
        top_box_impact_low: Float64 ?"not computed", "Lower end of its interval." ["percentage points"];
        top_box_impact_high: Float64 ?"not computed", "Upper end of its interval." ["percentage points"];
    }
    kpi_month KPI_MONTH Month [source, report_month, window_months, measure, area, dimension, dimension_value, statistic] "One statistic of one measure in a window that ends with the month." {
        source: Utf8, "Name of the source.";
        report_month: Date32, "First day of the last month of the window.";
        window_months: Int32, "Length of the window." ["months: 1, 3 or 12"];
        measure: Utf8, "Name of the measure.";
        kind: Utf8 ?"never", "csat, nps, ces or rating.";
        area: Utf8 ?"not of one area", "Functional area that the measure is about.";
        dimension: Utf8, "all, segment, channel, product or area.";
        dimension_value: Utf8, "Its value; `all` for all.";
        statistic: Utf8, "mean, top_box, top_band, top_2_box, bottom_box, nps or ces.";
        base: Int64 ?"never", "Answers.";
        respondents: Int64 ?"contacts not known", "Distinct people who answered.";
        accounts: Int64 ?"accounts not known", "Distinct accounts that answered.";
        value: Float64 ?"base of zero or suppressed", "The statistic: points for mean and ces, 0 to 1 for boxes, -100 to 100 for nps.";
        value_low: Float64 ?"no interval", "Lower end of the 95 % interval.";
        value_high: Float64 ?"no interval", "Upper end of the 95 % interval.";
        previous_value: Float64 ?"no window before, or suppressed", "The statistic in the window before.";
        change: Float64 ?"no window before", "value - previous_value.";
        change_low: Float64 ?"not computed", "Lower end of the 95 % interval of the change.";
        change_high: Float64 ?"not computed", "Upper end of the 95 % interval of the change.";
        p_value: Float64 ?"not tested", "Two-sided, of no change." ["0 to 1"];
        q_value: Float64 ?"not tested", "Benjamini-Hochberg over all tests of the month and source." ["0 to 1"];
        verdict: Utf8 ?"no window before", "up, down, no_evidence or base_too_small.";
        goal: Float64 ?"no goal", "The goal of the month.";
        baseline: Float64 ?"no goal", "Where the goal counts from.";
        owner: Utf8 ?"no goal", "Who answers for it.";
        status: Utf8 ?"no goal", "met, near or missed.";
        last_year_value: Float64 ?"no answers then, or suppressed", "The statistic in the same months of the year before.";
        last_year_change: Float64 ?"no answers then, or suppressed", "value - last_year_value.";
        last_year_change_low: Float64 ?"not computed", "Lower end of the 95 % interval of that change.";
        last_year_change_high: Float64 ?"not computed", "Upper end of the 95 % interval of that change.";
        last_year_p_value: Float64 ?"not tested", "Two-sided, of no such change." ["0 to 1"];
        last_year_q_value: Float64 ?"not tested", "Benjamini-Hochberg over all such tests of the month and source." ["0 to 1"];
        last_year_verdict: Utf8 ?"no answers then", "up, down, no_evidence or base_too_small.";
        largest_account_share: Float64 ?"accounts not known", "Share of the answers that the account with most of them gave; above 0.2 the figure leans on one customer." ["0 to 1"];
        effective_base: Float64 ?"written before intervals knew accounts", "As many answers that know nothing of each other would tell as much: base over the design effect of accounts, with Student's t; 1 where one account gave all.";
    }
    account_month ACCOUNT_MONTH Month [source, account_id, report_month] "An account in one source and month." {
        source: Utf8, "Name of the source.";
        account_id: Utf8, "The account; without an id its normalised name.";
        account_name: Utf8 ?"not given", "Its name.";
        report_month: Date32, "First day of the report month.";
        invited: Int64 ?"invitations not known", "People invited.";
        responses: Int64 ?"never", "Responses.";
        respondents: Int64 ?"contacts not known", "Distinct people who answered.";
        sentiment: Float64 ?"no verbatim scored, or suppressed: base under five", "Mean sentiment of its verbatims." ["-1 to 1"];
        nps: Float64 ?"no recommend answer, or suppressed: base under five", "Promoters less detractors." ["-100 to 100"];
        top_box: Float64 ?"no overall satisfaction answer, or suppressed: base under five", "Share of the best point of overall satisfaction." ["0 to 1"];
        hotlines: Int64 ?"never", "HOTLINE cases of the month.";
        open_hotlines: Int64 ?"never", "Of these, still open.";
        top_themes: Utf8 ?"no theme", "Ids of its three most frequent themes, parted by commas.";
    }
    account ACCOUNT Dimension [account_id] "A customer's account, as the account file names it." {
        account_id: Utf8, "The account, as answers name it.";
        account_name: Utf8 ?"not given", "Its name.";
        aliases: Utf8 ?"none", "Other ids and names of it, parted by |: answers under them are answers of the account.";
        tier: Utf8 ?"not given", "How important it is, in the words of the account file.";
        revenue: Float64 ?"not given", "What it is worth: revenue, profit or margin, as the account file has it." ["unit of the account file"];
        renewal_date: Date32 ?"not given", "When its contract ends.";
        account_manager: Utf8 ?"not given", "Who looks after it.";
        executive_sponsor: Utf8 ?"not given", "Who speaks for it in the management.";
    }
    invitation INVITATION Month [source, invitation_id] "Somebody who was asked to answer." {
        invitation_id: Utf8, "Hash of source, month, wave and person.";
        source: Utf8, "Name of the survey.";
        report_month: Date32, "First day of the month of `invited_at`, else of the wave.";
        wave: Utf8 ?"not given", "Period of fieldwork.";
        account_id: Utf8 ?"not given", "The account.";
        account_name: Utf8 ?"not given", "Its name.";
        contact_id: Utf8 ?"not given", "The person.";
        contact_name: Utf8 ?"not given", "Their name.";
        contact_title: Utf8 ?"not given", "Their job title.";
        contact_role: Utf8 ?"not given", "Role in the account: end user, decision maker, influencer.";
        invited_at: Timestamp ?"only the wave is known", "When they were asked." ["UTC"];
        status: Utf8 ?"not given", "What came of it; bounced, undeliverable, invalid, failed, cancelled and excluded did not reach anybody.";
    }
    coverage_month COVERAGE_MONTH Month [source, report_month, window_months, dimension, dimension_value] "How many of those asked in a window answered in it." {
        source: Utf8, "Name of the survey.";
        report_month: Date32, "First day of the last month of the window.";
        window_months: Int32, "Length of the window." ["months: 1, 3 or 12"];
        dimension: Utf8, "all, role or tier.";
        dimension_value: Utf8, "Its value; `all` for all.";
        invited: Int64, "People whom an invitation reached.";
        answered: Int64, "Of these, with a response in the window.";
        response_rate: Float64 ?"nobody reached", "answered / invited." ["0 to 1"];
        rate_low: Float64 ?"nobody reached", "Lower end of the 95 % Wilson interval." ["0 to 1"];
        rate_high: Float64 ?"nobody reached", "Upper end of the 95 % Wilson interval." ["0 to 1"];
        accounts_invited: Int64, "Accounts of these people.";
        accounts_answered: Int64, "Of these, with a response in the window, of anybody.";
        account_coverage: Float64 ?"no account known", "accounts_answered / accounts_invited." ["0 to 1"];
        revenue_coverage: Float64 ?"no revenue known", "Share of the revenue of the accounts invited that is of those that answered." ["0 to 1"];
    }
    account_standing ACCOUNT_STANDING Month [source, account_id, report_month] "Where an account stands over twelve months: accounts that answered or were invited." {
        source: Utf8, "Name of the survey.";
        account_id: Utf8, "The account; without an id its normalised name.";
        account_name: Utf8 ?"not given", "Its name.";
        report_month: Date32, "First day of the last of the twelve months.";
        invited: Int64, "People whom an invitation reached.";
        responses: Int64, "Responses.";
        silent_waves: Int64, "Months with an invitation since its last answer: 2 and more is a silent account.";
        last_answer_month: Date32 ?"none in two years", "First day of the month of its last response.";
        base: Int64, "Answers to the recommend question.";
        stance: Utf8 ?"no such answer, or fewer than five and not all agreed to be named", "promoter, passive or detractor: the class of the mean answer, rounded to a whole point.";
        revenue: Float64 ?"not given", "As the account file has it." ["unit of the account file"];
        cell: Utf8 ?"no stance or no revenue", "A, B, C: promoter, passive, detractor with at least the median revenue (or the limit of the settings); D, E, F: with less.";
        renewal_date: Date32 ?"not given", "When its contract ends.";
        attention: Utf8 ?"none", "Why somebody should look, parted by commas: detractor, silent, renewal (within 120 days, and no promoter).";
    }
    indicator_month INDICATOR_MONTH Month [indicator, report_month, area] "A figure from elsewhere, by month: first call resolution, handle time, churn." {
        indicator: Utf8, "What is counted.";
        report_month: Date32, "First day of the month.";
        area: Utf8 ?"not of one area", "Functional area.";
        value: Float64, "The figure.";
        unit: Utf8 ?"not given", "Its unit.";
    }
    initiative_month INITIATIVE_MONTH Month [initiative_id, report_month] "An initiative in one month." {
        initiative_id: Utf8, "The initiative.";
        title: Utf8 ?"not given", "What is done.";
        area: Utf8 ?"not given", "Functional area.";
        owner: Utf8 ?"not given", "Who answers for it.";
        measure: Utf8 ?"aims at a theme", "The measure that it should move.";
        theme_id: Utf8 ?"aims at a measure", "The theme that it should move.";
        report_month: Date32, "First day of the report month.";
        status: Utf8 ?"not given", "Where it stands.";
        work_start: Date32 ?"not given", "When work begins.";
        felt_from: Date32 ?"not given", "When customers can first feel it.";
        full_effect_month: Date32 ?"not given", "When it should have its full effect.";
        baseline: Float64 ?"not given", "The measure before.";
        expected_change: Float64 ?"before it is felt", "Expected change against the baseline, cumulative." ["points"];
        actual_change: Float64 ?"no answers", "Measured change against the baseline." ["points"];
        actual_low: Float64 ?"no answers", "Lower end of its interval." ["points"];
        actual_high: Float64 ?"no answers", "Upper end of its interval." ["points"];
        comparison_change: Float64 ?"nothing to compare", "Change where it did not touch." ["points"];
        base: Int64 ?"no answers", "Answers.";
        detectable_change: Float64 ?"no answers", "Smallest change that this base could show with 80 % power." ["points"];
        verdict: Utf8 ?"before it is felt", "on_track, short or cannot_be_told.";
        approved_by: Utf8 ?"not given", "Who approved it.";
        displaces: Utf8 ?"not given", "What it displaces.";
    }
    action ACTION Month [action_id] "Something that an area does about what customers said, agreed in a review." {
        action_id: Utf8, "Hash of what it was when it was agreed.";
        report_month: Date32, "First day of the month whose review it comes from.";
        area: Utf8, "The functional area.";
        text: Utf8, "What is done.";
        owner: Utf8 ?"nobody yet", "Who does it.";
        due: Date32 ?"no day was agreed", "Until when.";
        status: Utf8, "open, done or dropped.";
        created_at: Timestamp, "When it was agreed." ["UTC"];
        created_by: Utf8, "Who wrote it down.";
        changed_at: Timestamp, "When it was last changed." ["UTC"];
        changed_by: Utf8, "Who changed it.";
    }
    reject REJECT Dimension [] "An input row that could not be read." {
        source: Utf8 ?"not known yet", "Name of the source.";
        source_file: Utf8 ?"standard input", "File, relative to the input.";
        source_row: Int64 ?"not known", "Row in the file, from 1, header not counted.";
        line: Int64 ?"a format without lines", "Line in the file, from 1.";
        column: Utf8 ?"the whole row", "The column at fault.";
        reason: Utf8 ?"never", "Stable code of the reason.";
        detail: Utf8 ?"none", "What was found and what is accepted, never a verbatim.";
        raw: Utf8 ?"not kept", "The row as read, redacted, at most 4,096 characters.";
    }
}
