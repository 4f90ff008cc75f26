-- A view over each table. Printed by `outspoken schema --duckdb`; paths are relative to where DuckDB is started
-- unless it was printed with `--out DIR`. Times are UTC.
SET TimeZone = 'UTC';

CREATE OR REPLACE VIEW "response" AS
  SELECT * FROM read_parquet('tables/response/p_month=*/*.parquet', hive_partitioning = true, union_by_name = true);
COMMENT ON VIEW "response" IS 'A response or complaint: one person, one survey, one time. Key: source, response_id.';
COMMENT ON COLUMN "response"."response_id" IS 'Id of the response in its source, trimmed, case kept; without an id column a hash of the row.';
COMMENT ON COLUMN "response"."source" IS 'Name of the source: a survey, a complaint log.';
COMMENT ON COLUMN "response"."source_file" IS 'File that the row came from, relative to the input. Null: not from a file.';
COMMENT ON COLUMN "response"."source_row" IS 'Row in that file, from 1, header not counted. Null: not from a file.';
COMMENT ON COLUMN "response"."report_month" IS 'First day of the month that the response is reported in.';
COMMENT ON COLUMN "response"."received_at" IS 'When the answer was received. [UTC] Null: not given.';
COMMENT ON COLUMN "response"."sent_at" IS 'When the questionnaire was sent. [UTC] Null: not given.';
COMMENT ON COLUMN "response"."experience_at" IS 'When the experience was. [UTC] Null: not given.';
COMMENT ON COLUMN "response"."wave" IS 'Period of fieldwork, as the source names it. Null: not given.';
COMMENT ON COLUMN "response"."account_id" IS 'Id of the customer''s account. Null: not given.';
COMMENT ON COLUMN "response"."account_name" IS 'Name of the customer''s account. Null: not given.';
COMMENT ON COLUMN "response"."contact_id" IS 'Id of the person who answered. Null: not given.';
COMMENT ON COLUMN "response"."contact_name" IS 'Name of the person who answered. Null: not given.';
COMMENT ON COLUMN "response"."contact_title" IS 'Job title of the person. Null: not given.';
COMMENT ON COLUMN "response"."contact_role" IS 'Role in the account: end user, decision maker, influencer. Null: not given.';
COMMENT ON COLUMN "response"."segment" IS 'Customer segment. Null: not given.';
COMMENT ON COLUMN "response"."channel" IS 'Channel of the feedback. Null: not given.';
COMMENT ON COLUMN "response"."product" IS 'Product or service that the response is about. Null: not given.';
COMMENT ON COLUMN "response"."area" IS 'Functional area that the response is about. Null: not given.';
COMMENT ON COLUMN "response"."nps_score" IS 'Answer to the first 0-10 recommend question. [points, 0 to 10] Null: no recommend question answered.';
COMMENT ON COLUMN "response"."nps_class" IS 'promoter (9-10), passive (7-8) or detractor (0-6). Null: no recommend question answered.';
COMMENT ON COLUMN "response"."verbatim_count" IS 'Open questions answered. Null: never.';
COMMENT ON COLUMN "response"."share_consent" IS 'What may be shown to others: named, anonymous or aggregate_only. Null: not asked.';
COMMENT ON COLUMN "response"."is_hotline" IS 'Whether the response has a HOTLINE case.';
COMMENT ON COLUMN "response"."account_value" IS 'What the account is worth, as the source has it. [unit of the source] Null: not given.';

CREATE OR REPLACE VIEW "response_attribute" AS
  SELECT * FROM read_parquet('tables/response_attribute/p_month=*/*.parquet', hive_partitioning = true, union_by_name = true);
COMMENT ON VIEW "response_attribute" IS 'A column carried through from the source, one row a value. Key: source, response_id, name.';
COMMENT ON COLUMN "response_attribute"."source" IS 'Name of the source.';
COMMENT ON COLUMN "response_attribute"."response_id" IS 'The response.';
COMMENT ON COLUMN "response_attribute"."report_month" IS 'First day of the report month.';
COMMENT ON COLUMN "response_attribute"."name" IS 'Name of the column in the source.';
COMMENT ON COLUMN "response_attribute"."value" IS 'Its value, redacted like a verbatim. Null: empty in the source.';

CREATE OR REPLACE VIEW "verbatim" AS
  SELECT * FROM read_parquet('tables/verbatim/p_month=*/*.parquet', hive_partitioning = true, union_by_name = true);
COMMENT ON VIEW "verbatim" IS 'An answered open question. Key: verbatim_id.';
COMMENT ON COLUMN "verbatim"."verbatim_id" IS 'Hash of source, response and question.';
COMMENT ON COLUMN "verbatim"."response_id" IS 'The response that it belongs to.';
COMMENT ON COLUMN "verbatim"."source" IS 'Name of the source.';
COMMENT ON COLUMN "verbatim"."report_month" IS 'First day of the report month.';
COMMENT ON COLUMN "verbatim"."question" IS 'The open question: the name of its column. Null: the source has no header.';
COMMENT ON COLUMN "verbatim"."text" IS 'The answer, normalised and redacted; what every span counts in.';
COMMENT ON COLUMN "verbatim"."redaction_count" IS 'Pieces of personal data replaced by placeholders. Null: never.';
COMMENT ON COLUMN "verbatim"."language" IS 'ISO 639-1 code, or `und` when the text is too short to say. Null: never.';
COMMENT ON COLUMN "verbatim"."char_count" IS 'Length of the text. [Unicode scalar values]';
COMMENT ON COLUMN "verbatim"."word_count" IS 'Words of the text, emoji counted as words. Null: never.';
COMMENT ON COLUMN "verbatim"."clause_count" IS 'Rows that the verbatim has in `clause`. Null: never.';
COMMENT ON COLUMN "verbatim"."meaningful" IS 'False for answers that say nothing: n/a, nothing, dots. Null: never.';
COMMENT ON COLUMN "verbatim"."duplicate_of" IS 'The first verbatim with equal text in the same source and month. Null: the first of its text.';
COMMENT ON COLUMN "verbatim"."sentiment" IS 'How positive the verbatim is. [-1 to 1] Null: language without a lexicon, or no term found.';
COMMENT ON COLUMN "verbatim"."sentiment_label" IS 'negative, neutral or positive. Null: no sentiment.';
COMMENT ON COLUMN "verbatim"."vader_compound" IS 'Classic VADER compound score of the text. [-1 to 1] Null: language other than English and undecided.';
COMMENT ON COLUMN "verbatim"."emotion" IS 'The emotion that the words report. Null: none found.';
COMMENT ON COLUMN "verbatim"."primary_theme_id" IS 'Of its clauses'' themes the one nearest to the whole text. Null: no clause near a theme.';
COMMENT ON COLUMN "verbatim"."registry_version" IS 'Version of the theme registry that assigned it. Null: no registry.';
COMMENT ON COLUMN "verbatim"."found_theme_id" IS 'The theme that the registry found, where a person''s change led the verbatim elsewhere. Null: as primary_theme_id.';
COMMENT ON COLUMN "verbatim"."is_hotline" IS 'Whether a HOTLINE rule fired on it.';

CREATE OR REPLACE VIEW "clause" AS
  SELECT * FROM read_parquet('tables/clause/p_month=*/*.parquet', hive_partitioning = true, union_by_name = true);
COMMENT ON VIEW "clause" IS 'A part of a verbatim that says one thing. Key: verbatim_id, clause.';
COMMENT ON COLUMN "clause"."verbatim_id" IS 'The verbatim.';
COMMENT ON COLUMN "clause"."clause" IS 'Its place in the verbatim, from 0.';
COMMENT ON COLUMN "clause"."report_month" IS 'First day of the report month.';
COMMENT ON COLUMN "clause"."start_char" IS 'First character in `verbatim.text`. [Unicode scalar values]';
COMMENT ON COLUMN "clause"."end_char" IS 'One past the last character. [Unicode scalar values]';
COMMENT ON COLUMN "clause"."sentiment" IS 'How positive the clause is. [-1 to 1] Null: no term found.';
COMMENT ON COLUMN "clause"."theme_id" IS 'The nearest theme. Null: no theme near enough.';
COMMENT ON COLUMN "clause"."theme_similarity" IS 'Cosine of the clause and the nearest theme. [-1 to 1] Null: nothing to compare.';
COMMENT ON COLUMN "clause"."found_theme_id" IS 'The theme that the registry found, where a person''s change led the clause elsewhere. Null: as theme_id.';

CREATE OR REPLACE VIEW "hotline_hit" AS
  SELECT * FROM read_parquet('tables/hotline_hit/p_month=*/*.parquet', hive_partitioning = true, union_by_name = true);
COMMENT ON VIEW "hotline_hit" IS 'A place where a HOTLINE rule matched, fired or not.';
COMMENT ON COLUMN "hotline_hit"."verbatim_id" IS 'The verbatim. Null: fired by a score or flag.';
COMMENT ON COLUMN "hotline_hit"."response_id" IS 'The response.';
COMMENT ON COLUMN "hotline_hit"."source" IS 'Name of the source.';
COMMENT ON COLUMN "hotline_hit"."report_month" IS 'First day of the report month.';
COMMENT ON COLUMN "hotline_hit"."rule_id" IS 'The rule.';
COMMENT ON COLUMN "hotline_hit"."rule_version" IS 'Version of the rule. Null: a built-in trigger.';
COMMENT ON COLUMN "hotline_hit"."category" IS 'What the rule is about: churn, legal_regulatory, safety, fraud_security, vulnerable, unresolved_repeat, irate, sales_lead or a user''s own. Null: none.';
COMMENT ON COLUMN "hotline_hit"."start_char" IS 'First character of the first matched term. [Unicode scalar values] Null: fired by a score or flag.';
COMMENT ON COLUMN "hotline_hit"."end_char" IS 'One past the last character of the last matched term. [Unicode scalar values] Null: fired by a score or flag.';
COMMENT ON COLUMN "hotline_hit"."matched_text" IS 'The text at that span. Null: fired by a score or flag.';
COMMENT ON COLUMN "hotline_hit"."assertion" IS 'affirmed, negated, conditional, historical, question or other_party. Null: fired by a score or flag.';
COMMENT ON COLUMN "hotline_hit"."cue_text" IS 'The words that settled the assertion. Null: affirmed.';
COMMENT ON COLUMN "hotline_hit"."fired" IS 'Whether the hit opens a case.';
COMMENT ON COLUMN "hotline_hit"."suppressed_by" IS 'Why it did not fire: assertion, unless:..., when:.... Null: it fired.';

CREATE OR REPLACE VIEW "hotline" AS
  SELECT * FROM read_parquet('tables/hotline/p_month=*/*.parquet', hive_partitioning = true, union_by_name = true);
COMMENT ON VIEW "hotline" IS 'A HOTLINE case: one for each response and route. Key: hotline_id.';
COMMENT ON COLUMN "hotline"."hotline_id" IS 'Hash of source, response and route.';
COMMENT ON COLUMN "hotline"."response_id" IS 'The response.';
COMMENT ON COLUMN "hotline"."source" IS 'Name of the source.';
COMMENT ON COLUMN "hotline"."report_month" IS 'First day of the report month.';
COMMENT ON COLUMN "hotline"."category" IS 'Category of the most severe rule that fired. Null: only a score or flag.';
COMMENT ON COLUMN "hotline"."route" IS 'Who acts: care, sales or a team that the rules name.';
COMMENT ON COLUMN "hotline"."severity" IS '1 (worst) to 5. [1 to 5] Null: never.';
COMMENT ON COLUMN "hotline"."trigger" IS 'What opened it: keyword, score, partner, callback or manual. Null: never.';
COMMENT ON COLUMN "hotline"."rule_ids" IS 'The rules that fired, by severity, parted by commas. Null: opened by a person.';
COMMENT ON COLUMN "hotline"."account_id" IS 'The account. Null: not given.';
COMMENT ON COLUMN "hotline"."account_name" IS 'Its name. Null: not given.';
COMMENT ON COLUMN "hotline"."contact_name" IS 'The person. Null: not given.';
COMMENT ON COLUMN "hotline"."description" IS 'One line: category, rule and the matched words. Null: never.';
COMMENT ON COLUMN "hotline"."context" IS 'Every answered question with its answer. Null: never.';
COMMENT ON COLUMN "hotline"."received_at" IS 'When the answer was received. [UTC] Null: not given.';
COMMENT ON COLUMN "hotline"."detected_at" IS 'Clock of the run that first opened the case; never moved. [UTC] Null: never.';
COMMENT ON COLUMN "hotline"."respond_by" IS 'Until when somebody has to act, counted from detected_at. [UTC] Null: historical.';
COMMENT ON COLUMN "hotline"."respond_within" IS 'Time that the rules give: 24h, 2 business days. Null: historical.';
COMMENT ON COLUMN "hotline"."first_acted_at" IS 'First action. [UTC] Null: nobody acted yet.';
COMMENT ON COLUMN "hotline"."contacted_at" IS 'First contact with the customer. [UTC] Null: not contacted yet.';
COMMENT ON COLUMN "hotline"."closed_at" IS 'When it was closed. [UTC] Null: open or reopened.';
COMMENT ON COLUMN "hotline"."reopen_count" IS 'Times that it was reopened. Null: never.';
COMMENT ON COLUMN "hotline"."status" IS 'open, acting, closed or historical. Null: never.';
COMMENT ON COLUMN "hotline"."owner" IS 'Who has it. Null: nobody.';
COMMENT ON COLUMN "hotline"."resolution" IS 'What was done. Null: not closed.';
COMMENT ON COLUMN "hotline"."disposition" IS 'resolved, unresolved, expectation_reset, lead_won, lead_lost, lead_open, false_alarm, duplicate or unreachable. Null: not closed.';
COMMENT ON COLUMN "hotline"."root_cause" IS 'Why it happened. Null: not given.';
COMMENT ON COLUMN "hotline"."value_won" IS 'Value of the business won. [currency of the account file] Null: not given.';
COMMENT ON COLUMN "hotline"."external_ref" IS 'Id in the team''s own tool. Null: not given.';
COMMENT ON COLUMN "hotline"."linked_to" IS 'An earlier case of the same account within 30 days. Null: none.';

CREATE OR REPLACE VIEW "score" AS
  SELECT * FROM read_parquet('tables/score/p_month=*/*.parquet', hive_partitioning = true, union_by_name = true);
COMMENT ON VIEW "score" IS 'An answered rating. Key: source, response_id, measure.';
COMMENT ON COLUMN "score"."response_id" IS 'The response.';
COMMENT ON COLUMN "score"."source" IS 'Name of the source.';
COMMENT ON COLUMN "score"."report_month" IS 'First day of the report month.';
COMMENT ON COLUMN "score"."measure" IS 'Name of the measure.';
COMMENT ON COLUMN "score"."kind" IS 'csat, nps, ces or rating. Null: never.';
COMMENT ON COLUMN "score"."area" IS 'Functional area that the measure is about. Null: not of one area.';
COMMENT ON COLUMN "score"."value_raw" IS 'The answer as given. [points] Null: words for points.';
COMMENT ON COLUMN "score"."value" IS 'The answer oriented so that high is good. [points] Null: never.';
COMMENT ON COLUMN "score"."scale_low" IS 'Worst point, oriented. [points] Null: never.';
COMMENT ON COLUMN "score"."scale_high" IS 'Best point, oriented. [points] Null: never.';
COMMENT ON COLUMN "score"."is_top_box" IS 'The best point. Null: never.';
COMMENT ON COLUMN "score"."is_top_band" IS 'A point in the top fifth of the scale. Null: never.';
COMMENT ON COLUMN "score"."is_top_2_box" IS 'One of the two best points. Null: scale of fewer than 5 points.';
COMMENT ON COLUMN "score"."is_bottom_box" IS 'The worst point: totally dissatisfied. Null: never.';

CREATE OR REPLACE VIEW "theme" AS
  SELECT * FROM read_parquet('tables/theme/*.parquet', hive_partitioning = false, union_by_name = true);
COMMENT ON VIEW "theme" IS 'A theme that was ever known. Key: theme_id.';
COMMENT ON COLUMN "theme"."theme_id" IS 'Made from the registry version and the members; lasts.';
COMMENT ON COLUMN "theme"."label" IS 'Readable name. Null: never.';
COMMENT ON COLUMN "theme"."keywords" IS 'Key terms, best first, parted by commas. Null: none.';
COMMENT ON COLUMN "theme"."parent_id" IS 'The wider theme. Null: top level.';
COMMENT ON COLUMN "theme"."level" IS '1: top level; 2: below. Null: never.';
COMMENT ON COLUMN "theme"."status" IS 'active, retired or merged. Null: never.';
COMMENT ON COLUMN "theme"."merged_into" IS 'The theme that it became. Null: not merged.';
COMMENT ON COLUMN "theme"."area" IS 'Functional area. Null: none.';
COMMENT ON COLUMN "theme"."first_month" IS 'First month with a clause. Null: never seen.';
COMMENT ON COLUMN "theme"."last_month" IS 'Last month with a clause. Null: never seen.';
COMMENT ON COLUMN "theme"."origin" IS 'discovered, seeded or split. Null: never.';
COMMENT ON COLUMN "theme"."example_verbatim_id" IS 'A verbatim whose clause is nearest the centre. Null: none published.';

CREATE OR REPLACE VIEW "theme_month" AS
  SELECT * FROM read_parquet('tables/theme_month/p_month=*/*.parquet', hive_partitioning = true, union_by_name = true);
COMMENT ON VIEW "theme_month" IS 'A theme in one source and month, in all or in one part of it. Key: source, theme_id, report_month, dimension, dimension_value.';
COMMENT ON COLUMN "theme_month"."source" IS 'Name of the source.';
COMMENT ON COLUMN "theme_month"."theme_id" IS 'The theme.';
COMMENT ON COLUMN "theme_month"."report_month" IS 'First day of the report month.';
COMMENT ON COLUMN "theme_month"."dimension" IS 'all, segment, channel, product or area.';
COMMENT ON COLUMN "theme_month"."dimension_value" IS 'Its value; `all` for all.';
COMMENT ON COLUMN "theme_month"."verbatims" IS 'Verbatims with a clause of the theme. Null: suppressed: a part with a base under five.';
COMMENT ON COLUMN "theme_month"."responses" IS 'Responses with a clause of the theme. Null: suppressed: a part with a base under five.';
COMMENT ON COLUMN "theme_month"."base" IS 'Responses with a meaningful verbatim. Null: never.';
COMMENT ON COLUMN "theme_month"."share" IS 'responses / base. [0 to 1] Null: base of zero, or suppressed.';
COMMENT ON COLUMN "theme_month"."share_low" IS 'Lower end of the 95 % Wilson interval. [0 to 1] Null: base of zero, or suppressed.';
COMMENT ON COLUMN "theme_month"."share_high" IS 'Upper end of the 95 % Wilson interval. [0 to 1] Null: base of zero, or suppressed.';
COMMENT ON COLUMN "theme_month"."sentiment" IS 'Mean sentiment of its clauses. [-1 to 1] Null: no clause scored.';
COMMENT ON COLUMN "theme_month"."share_change" IS 'Change of share against the month before. [points of share, -1 to 1] Null: no month before.';
COMMENT ON COLUMN "theme_month"."p_value" IS 'Two-sided, of no change. [0 to 1] Null: not tested.';
COMMENT ON COLUMN "theme_month"."q_value" IS 'Benjamini-Hochberg over all tests of the month and source. [0 to 1] Null: not tested.';
COMMENT ON COLUMN "theme_month"."verdict" IS 'up, down, no_evidence or base_too_small. Null: no month before.';
COMMENT ON COLUMN "theme_month"."trend" IS 'new, growing, steady or fading. Null: too few months.';
COMMENT ON COLUMN "theme_month"."nps_impact" IS 'What the theme adds to NPS. [NPS points] Null: not computed.';
COMMENT ON COLUMN "theme_month"."impact_low" IS 'Lower end of its interval. [NPS points] Null: not computed.';
COMMENT ON COLUMN "theme_month"."impact_high" IS 'Upper end of its interval. [NPS points] Null: not computed.';
COMMENT ON COLUMN "theme_month"."hotlines" IS 'Responses of the theme that are a HOTLINE. Null: suppressed: a part with a base under five.';
COMMENT ON COLUMN "theme_month"."top_box_impact" IS 'What the theme adds to the share of best points of overall satisfaction. [percentage points] Null: not computed.';
COMMENT ON COLUMN "theme_month"."top_box_impact_low" IS 'Lower end of its interval. [percentage points] Null: not computed.';
COMMENT ON COLUMN "theme_month"."top_box_impact_high" IS 'Upper end of its interval. [percentage points] Null: not computed.';

CREATE OR REPLACE VIEW "kpi_month" AS
  SELECT * FROM read_parquet('tables/kpi_month/p_month=*/*.parquet', hive_partitioning = true, union_by_name = true);
COMMENT ON VIEW "kpi_month" IS 'One statistic of one measure in a window that ends with the month. Key: source, report_month, window_months, measure, area, dimension, dimension_value, statistic.';
COMMENT ON COLUMN "kpi_month"."source" IS 'Name of the source.';
COMMENT ON COLUMN "kpi_month"."report_month" IS 'First day of the last month of the window.';
COMMENT ON COLUMN "kpi_month"."window_months" IS 'Length of the window. [months: 1, 3 or 12]';
COMMENT ON COLUMN "kpi_month"."measure" IS 'Name of the measure.';
COMMENT ON COLUMN "kpi_month"."kind" IS 'csat, nps, ces or rating. Null: never.';
COMMENT ON COLUMN "kpi_month"."area" IS 'Functional area that the measure is about. Null: not of one area.';
COMMENT ON COLUMN "kpi_month"."dimension" IS 'all, segment, channel, product or area.';
COMMENT ON COLUMN "kpi_month"."dimension_value" IS 'Its value; `all` for all.';
COMMENT ON COLUMN "kpi_month"."statistic" IS 'mean, top_box, top_band, top_2_box, bottom_box, nps or ces.';
COMMENT ON COLUMN "kpi_month"."base" IS 'Answers. Null: never.';
COMMENT ON COLUMN "kpi_month"."respondents" IS 'Distinct people who answered. Null: contacts not known.';
COMMENT ON COLUMN "kpi_month"."accounts" IS 'Distinct accounts that answered. Null: accounts not known.';
COMMENT ON COLUMN "kpi_month"."value" IS 'The statistic: points for mean and ces, 0 to 1 for boxes, -100 to 100 for nps. Null: base of zero or suppressed.';
COMMENT ON COLUMN "kpi_month"."value_low" IS 'Lower end of the 95 % interval. Null: no interval.';
COMMENT ON COLUMN "kpi_month"."value_high" IS 'Upper end of the 95 % interval. Null: no interval.';
COMMENT ON COLUMN "kpi_month"."previous_value" IS 'The statistic in the window before. Null: no window before, or suppressed.';
COMMENT ON COLUMN "kpi_month"."change" IS 'value - previous_value. Null: no window before.';
COMMENT ON COLUMN "kpi_month"."change_low" IS 'Lower end of the 95 % interval of the change. Null: not computed.';
COMMENT ON COLUMN "kpi_month"."change_high" IS 'Upper end of the 95 % interval of the change. Null: not computed.';
COMMENT ON COLUMN "kpi_month"."p_value" IS 'Two-sided, of no change. [0 to 1] Null: not tested.';
COMMENT ON COLUMN "kpi_month"."q_value" IS 'Benjamini-Hochberg over all tests of the month and source. [0 to 1] Null: not tested.';
COMMENT ON COLUMN "kpi_month"."verdict" IS 'up, down, no_evidence or base_too_small. Null: no window before.';
COMMENT ON COLUMN "kpi_month"."goal" IS 'The goal of the month. Null: no goal.';
COMMENT ON COLUMN "kpi_month"."baseline" IS 'Where the goal counts from. Null: no goal.';
COMMENT ON COLUMN "kpi_month"."owner" IS 'Who answers for it. Null: no goal.';
COMMENT ON COLUMN "kpi_month"."status" IS 'met, near or missed. Null: no goal.';
COMMENT ON COLUMN "kpi_month"."last_year_value" IS 'The statistic in the same months of the year before. Null: no answers then, or suppressed.';
COMMENT ON COLUMN "kpi_month"."last_year_change" IS 'value - last_year_value. Null: no answers then, or suppressed.';
COMMENT ON COLUMN "kpi_month"."last_year_change_low" IS 'Lower end of the 95 % interval of that change. Null: not computed.';
COMMENT ON COLUMN "kpi_month"."last_year_change_high" IS 'Upper end of the 95 % interval of that change. Null: not computed.';
COMMENT ON COLUMN "kpi_month"."last_year_p_value" IS 'Two-sided, of no such change. [0 to 1] Null: not tested.';
COMMENT ON COLUMN "kpi_month"."last_year_q_value" IS 'Benjamini-Hochberg over all such tests of the month and source. [0 to 1] Null: not tested.';
COMMENT ON COLUMN "kpi_month"."last_year_verdict" IS 'up, down, no_evidence or base_too_small. Null: no answers then.';
COMMENT ON COLUMN "kpi_month"."largest_account_share" IS 'Share of the answers that the account with most of them gave; above 0.2 the figure leans on one customer. [0 to 1] Null: accounts not known.';
COMMENT ON COLUMN "kpi_month"."effective_base" IS 'As many answers that know nothing of each other would tell as much: base over the design effect of accounts, with Student''s t; 1 where one account gave all. Null: written before intervals knew accounts.';

CREATE OR REPLACE VIEW "account_month" AS
  SELECT * FROM read_parquet('tables/account_month/p_month=*/*.parquet', hive_partitioning = true, union_by_name = true);
COMMENT ON VIEW "account_month" IS 'An account in one source and month. Key: source, account_id, report_month.';
COMMENT ON COLUMN "account_month"."source" IS 'Name of the source.';
COMMENT ON COLUMN "account_month"."account_id" IS 'The account; without an id its normalised name.';
COMMENT ON COLUMN "account_month"."account_name" IS 'Its name. Null: not given.';
COMMENT ON COLUMN "account_month"."report_month" IS 'First day of the report month.';
COMMENT ON COLUMN "account_month"."invited" IS 'People invited. Null: invitations not known.';
COMMENT ON COLUMN "account_month"."responses" IS 'Responses. Null: never.';
COMMENT ON COLUMN "account_month"."respondents" IS 'Distinct people who answered. Null: contacts not known.';
COMMENT ON COLUMN "account_month"."sentiment" IS 'Mean sentiment of its verbatims. [-1 to 1] Null: no verbatim scored, or suppressed: base under five.';
COMMENT ON COLUMN "account_month"."nps" IS 'Promoters less detractors. [-100 to 100] Null: no recommend answer, or suppressed: base under five.';
COMMENT ON COLUMN "account_month"."top_box" IS 'Share of the best point of overall satisfaction. [0 to 1] Null: no overall satisfaction answer, or suppressed: base under five.';
COMMENT ON COLUMN "account_month"."hotlines" IS 'HOTLINE cases of the month. Null: never.';
COMMENT ON COLUMN "account_month"."open_hotlines" IS 'Of these, still open. Null: never.';
COMMENT ON COLUMN "account_month"."top_themes" IS 'Ids of its three most frequent themes, parted by commas. Null: no theme.';

CREATE OR REPLACE VIEW "account" AS
  SELECT * FROM read_parquet('tables/account/*.parquet', hive_partitioning = false, union_by_name = true);
COMMENT ON VIEW "account" IS 'A customer''s account, as the account file names it. Key: account_id.';
COMMENT ON COLUMN "account"."account_id" IS 'The account, as answers name it.';
COMMENT ON COLUMN "account"."account_name" IS 'Its name. Null: not given.';
COMMENT ON COLUMN "account"."aliases" IS 'Other ids and names of it, parted by |: answers under them are answers of the account. Null: none.';
COMMENT ON COLUMN "account"."tier" IS 'How important it is, in the words of the account file. Null: not given.';
COMMENT ON COLUMN "account"."revenue" IS 'What it is worth: revenue, profit or margin, as the account file has it. [unit of the account file] Null: not given.';
COMMENT ON COLUMN "account"."renewal_date" IS 'When its contract ends. Null: not given.';
COMMENT ON COLUMN "account"."account_manager" IS 'Who looks after it. Null: not given.';
COMMENT ON COLUMN "account"."executive_sponsor" IS 'Who speaks for it in the management. Null: not given.';

CREATE OR REPLACE VIEW "invitation" AS
  SELECT * FROM read_parquet('tables/invitation/p_month=*/*.parquet', hive_partitioning = true, union_by_name = true);
COMMENT ON VIEW "invitation" IS 'Somebody who was asked to answer. Key: source, invitation_id.';
COMMENT ON COLUMN "invitation"."invitation_id" IS 'Hash of source, month, wave and person.';
COMMENT ON COLUMN "invitation"."source" IS 'Name of the survey.';
COMMENT ON COLUMN "invitation"."report_month" IS 'First day of the month of `invited_at`, else of the wave.';
COMMENT ON COLUMN "invitation"."wave" IS 'Period of fieldwork. Null: not given.';
COMMENT ON COLUMN "invitation"."account_id" IS 'The account. Null: not given.';
COMMENT ON COLUMN "invitation"."account_name" IS 'Its name. Null: not given.';
COMMENT ON COLUMN "invitation"."contact_id" IS 'The person. Null: not given.';
COMMENT ON COLUMN "invitation"."contact_name" IS 'Their name. Null: not given.';
COMMENT ON COLUMN "invitation"."contact_title" IS 'Their job title. Null: not given.';
COMMENT ON COLUMN "invitation"."contact_role" IS 'Role in the account: end user, decision maker, influencer. Null: not given.';
COMMENT ON COLUMN "invitation"."invited_at" IS 'When they were asked. [UTC] Null: only the wave is known.';
COMMENT ON COLUMN "invitation"."status" IS 'What came of it; bounced, undeliverable, invalid, failed, cancelled and excluded did not reach anybody. Null: not given.';

CREATE OR REPLACE VIEW "coverage_month" AS
  SELECT * FROM read_parquet('tables/coverage_month/p_month=*/*.parquet', hive_partitioning = true, union_by_name = true);
COMMENT ON VIEW "coverage_month" IS 'How many of those asked in a window answered in it. Key: source, report_month, window_months, dimension, dimension_value.';
COMMENT ON COLUMN "coverage_month"."source" IS 'Name of the survey.';
COMMENT ON COLUMN "coverage_month"."report_month" IS 'First day of the last month of the window.';
COMMENT ON COLUMN "coverage_month"."window_months" IS 'Length of the window. [months: 1, 3 or 12]';
COMMENT ON COLUMN "coverage_month"."dimension" IS 'all, role or tier.';
COMMENT ON COLUMN "coverage_month"."dimension_value" IS 'Its value; `all` for all.';
COMMENT ON COLUMN "coverage_month"."invited" IS 'People whom an invitation reached.';
COMMENT ON COLUMN "coverage_month"."answered" IS 'Of these, with a response in the window.';
COMMENT ON COLUMN "coverage_month"."response_rate" IS 'answered / invited. [0 to 1] Null: nobody reached.';
COMMENT ON COLUMN "coverage_month"."rate_low" IS 'Lower end of the 95 % Wilson interval. [0 to 1] Null: nobody reached.';
COMMENT ON COLUMN "coverage_month"."rate_high" IS 'Upper end of the 95 % Wilson interval. [0 to 1] Null: nobody reached.';
COMMENT ON COLUMN "coverage_month"."accounts_invited" IS 'Accounts of these people.';
COMMENT ON COLUMN "coverage_month"."accounts_answered" IS 'Of these, with a response in the window, of anybody.';
COMMENT ON COLUMN "coverage_month"."account_coverage" IS 'accounts_answered / accounts_invited. [0 to 1] Null: no account known.';
COMMENT ON COLUMN "coverage_month"."revenue_coverage" IS 'Share of the revenue of the accounts invited that is of those that answered. [0 to 1] Null: no revenue known.';

CREATE OR REPLACE VIEW "account_standing" AS
  SELECT * FROM read_parquet('tables/account_standing/p_month=*/*.parquet', hive_partitioning = true, union_by_name = true);
COMMENT ON VIEW "account_standing" IS 'Where an account stands over twelve months: accounts that answered or were invited. Key: source, account_id, report_month.';
COMMENT ON COLUMN "account_standing"."source" IS 'Name of the survey.';
COMMENT ON COLUMN "account_standing"."account_id" IS 'The account; without an id its normalised name.';
COMMENT ON COLUMN "account_standing"."account_name" IS 'Its name. Null: not given.';
COMMENT ON COLUMN "account_standing"."report_month" IS 'First day of the last of the twelve months.';
COMMENT ON COLUMN "account_standing"."invited" IS 'People whom an invitation reached.';
COMMENT ON COLUMN "account_standing"."responses" IS 'Responses.';
COMMENT ON COLUMN "account_standing"."silent_waves" IS 'Months with an invitation since its last answer: 2 and more is a silent account.';
COMMENT ON COLUMN "account_standing"."last_answer_month" IS 'First day of the month of its last response. Null: none in two years.';
COMMENT ON COLUMN "account_standing"."base" IS 'Answers to the recommend question.';
COMMENT ON COLUMN "account_standing"."stance" IS 'promoter, passive or detractor: the class of the mean answer, rounded to a whole point. Null: no such answer, or fewer than five and not all agreed to be named.';
COMMENT ON COLUMN "account_standing"."revenue" IS 'As the account file has it. [unit of the account file] Null: not given.';
COMMENT ON COLUMN "account_standing"."cell" IS 'A, B, C: promoter, passive, detractor with at least the median revenue (or the limit of the settings); D, E, F: with less. Null: no stance or no revenue.';
COMMENT ON COLUMN "account_standing"."renewal_date" IS 'When its contract ends. Null: not given.';
COMMENT ON COLUMN "account_standing"."attention" IS 'Why somebody should look, parted by commas: detractor, silent, renewal (within 120 days, and no promoter). Null: none.';

CREATE OR REPLACE VIEW "indicator_month" AS
  SELECT * FROM read_parquet('tables/indicator_month/p_month=*/*.parquet', hive_partitioning = true, union_by_name = true);
COMMENT ON VIEW "indicator_month" IS 'A figure from elsewhere, by month: first call resolution, handle time, churn. Key: indicator, report_month, area.';
COMMENT ON COLUMN "indicator_month"."indicator" IS 'What is counted.';
COMMENT ON COLUMN "indicator_month"."report_month" IS 'First day of the month.';
COMMENT ON COLUMN "indicator_month"."area" IS 'Functional area. Null: not of one area.';
COMMENT ON COLUMN "indicator_month"."value" IS 'The figure.';
COMMENT ON COLUMN "indicator_month"."unit" IS 'Its unit. Null: not given.';

CREATE OR REPLACE VIEW "initiative_month" AS
  SELECT * FROM read_parquet('tables/initiative_month/p_month=*/*.parquet', hive_partitioning = true, union_by_name = true);
COMMENT ON VIEW "initiative_month" IS 'An initiative in one month. Key: initiative_id, report_month.';
COMMENT ON COLUMN "initiative_month"."initiative_id" IS 'The initiative.';
COMMENT ON COLUMN "initiative_month"."title" IS 'What is done. Null: not given.';
COMMENT ON COLUMN "initiative_month"."area" IS 'Functional area. Null: not given.';
COMMENT ON COLUMN "initiative_month"."owner" IS 'Who answers for it. Null: not given.';
COMMENT ON COLUMN "initiative_month"."measure" IS 'The measure that it should move. Null: aims at a theme.';
COMMENT ON COLUMN "initiative_month"."theme_id" IS 'The theme that it should move. Null: aims at a measure.';
COMMENT ON COLUMN "initiative_month"."report_month" IS 'First day of the report month.';
COMMENT ON COLUMN "initiative_month"."status" IS 'Where it stands. Null: not given.';
COMMENT ON COLUMN "initiative_month"."work_start" IS 'When work begins. Null: not given.';
COMMENT ON COLUMN "initiative_month"."felt_from" IS 'When customers can first feel it. Null: not given.';
COMMENT ON COLUMN "initiative_month"."full_effect_month" IS 'When it should have its full effect. Null: not given.';
COMMENT ON COLUMN "initiative_month"."baseline" IS 'The measure before. Null: not given.';
COMMENT ON COLUMN "initiative_month"."expected_change" IS 'Expected change against the baseline, cumulative. [points] Null: before it is felt.';
COMMENT ON COLUMN "initiative_month"."actual_change" IS 'Measured change against the baseline. [points] Null: no answers.';
COMMENT ON COLUMN "initiative_month"."actual_low" IS 'Lower end of its interval. [points] Null: no answers.';
COMMENT ON COLUMN "initiative_month"."actual_high" IS 'Upper end of its interval. [points] Null: no answers.';
COMMENT ON COLUMN "initiative_month"."comparison_change" IS 'Change where it did not touch. [points] Null: nothing to compare.';
COMMENT ON COLUMN "initiative_month"."base" IS 'Answers. Null: no answers.';
COMMENT ON COLUMN "initiative_month"."detectable_change" IS 'Smallest change that this base could show with 80 % power. [points] Null: no answers.';
COMMENT ON COLUMN "initiative_month"."verdict" IS 'on_track, short or cannot_be_told. Null: before it is felt.';
COMMENT ON COLUMN "initiative_month"."approved_by" IS 'Who approved it. Null: not given.';
COMMENT ON COLUMN "initiative_month"."displaces" IS 'What it displaces. Null: not given.';

CREATE OR REPLACE VIEW "action" AS
  SELECT * FROM read_parquet('tables/action/p_month=*/*.parquet', hive_partitioning = true, union_by_name = true);
COMMENT ON VIEW "action" IS 'Something that an area does about what customers said, agreed in a review. Key: action_id.';
COMMENT ON COLUMN "action"."action_id" IS 'Hash of what it was when it was agreed.';
COMMENT ON COLUMN "action"."report_month" IS 'First day of the month whose review it comes from.';
COMMENT ON COLUMN "action"."area" IS 'The functional area.';
COMMENT ON COLUMN "action"."text" IS 'What is done.';
COMMENT ON COLUMN "action"."owner" IS 'Who does it. Null: nobody yet.';
COMMENT ON COLUMN "action"."due" IS 'Until when. Null: no day was agreed.';
COMMENT ON COLUMN "action"."status" IS 'open, done or dropped.';
COMMENT ON COLUMN "action"."created_at" IS 'When it was agreed. [UTC]';
COMMENT ON COLUMN "action"."created_by" IS 'Who wrote it down.';
COMMENT ON COLUMN "action"."changed_at" IS 'When it was last changed. [UTC]';
COMMENT ON COLUMN "action"."changed_by" IS 'Who changed it.';

CREATE OR REPLACE VIEW "reject" AS
  SELECT * FROM read_parquet('tables/reject/*.parquet', hive_partitioning = false, union_by_name = true);
COMMENT ON VIEW "reject" IS 'An input row that could not be read.';
COMMENT ON COLUMN "reject"."source" IS 'Name of the source. Null: not known yet.';
COMMENT ON COLUMN "reject"."source_file" IS 'File, relative to the input. Null: standard input.';
COMMENT ON COLUMN "reject"."source_row" IS 'Row in the file, from 1, header not counted. Null: not known.';
COMMENT ON COLUMN "reject"."line" IS 'Line in the file, from 1. Null: a format without lines.';
COMMENT ON COLUMN "reject"."column" IS 'The column at fault. Null: the whole row.';
COMMENT ON COLUMN "reject"."reason" IS 'Stable code of the reason. Null: never.';
COMMENT ON COLUMN "reject"."detail" IS 'What was found and what is accepted, never a verbatim. Null: none.';
COMMENT ON COLUMN "reject"."raw" IS 'The row as read, redacted, at most 4,096 characters. Null: not kept.';
