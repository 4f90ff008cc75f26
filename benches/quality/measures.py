#!/usr/bin/env python3
"""Recompute the month tables of an output directory and compare every figure.

Usage: measures.py OUT_DIR [GOALS.toml] [--contact] [--pool NAME=SOURCE,SOURCE] [--summary]        (needs: pip install duckdb pandas scipy statsmodels)

--contact: the tables were made with `one_per = "contact"`. --pool: with that pool of sources. --summary: no line for columns that agree.

Counts, sums and distinct people come from SQL over the row tables in DuckDB; intervals and tests from scipy and
statsmodels. Nothing is shared with the program but the definitions, which are those of pipeline/measure.rs. Compared are
kpi_month, theme_month, account_month and initiative_month, row by row and column by column. Prints one line for each column, the first
rows that differ, and last 'N figures agree, M differ'. Exit status 1 if any differ.
"""
import sys
import tomllib

import duckdb
import numpy as np
import pandas as pd
import scipy.stats as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

MIN_SHOWN, MIN_TESTED, MAX_Q, WAVE_GAP, HORIZON = 5, 30, 0.05, 3, 24
WORDS = ("status", "owner", "verdict", "last_year_verdict", "trend", "kind", "account_name", "top_themes")
DIMENSIONS = ["area", "channel", "product", "segment"]
Z = st.norm.ppf(0.975)
db = duckdb.connect()
promised = {}
one_per_contact = False
pools = {}


def load(out):
    for table in ("response", "score", "verbatim", "clause", "hotline", "kpi_month", "theme_month", "account_month", "initiative_month"):
        db.execute(f"""create table {table} as select * from
            read_parquet('{out}/tables/{table}/p_month=*/*.parquet', hive_partitioning=false)""")
    said = "nullif(trim({0}), '')"
    name = "lower(trim(regexp_replace({0}, '\\s+', ' ', 'g')))"
    account = f"coalesce({said.format('account_id')}, {name.format(said.format('account_name'))})"
    # Answers under another id or name of an account are answers of the account.
    db.execute(f"""create table named as select word, min(account_id) as account_id from (
        select account_id, account_id as word from read_parquet('{out}/tables/account/*.parquet') union all
        select account_id, trim(unnest(string_split(aliases, '|'))) from read_parquet('{out}/tables/account/*.parquet') union all
        select account_id, {name.format("trim(unnest(string_split(aliases, '|')))")} from read_parquet('{out}/tables/account/*.parquet') union all
        select account_id, {name.format('account_name')} from read_parquet('{out}/tables/account/*.parquet')) where word is not null group by word""")
    raw, account = account, "coalesce(named.account_id, raw)"
    db.execute(f"""create table r as select source, response_id, received_at, is_hotline, nps_score,
        year(report_month) * 12 + month(report_month) as m, {said.format('account_name')} as account_name, {account} as account,
        coalesce('c ' || {said.format('contact_id')}, 'a ' || {account} || chr(1) || {name.format(said.format('contact_name'))}) as person,
        {', '.join(said.format(d) + ' as ' + d for d in DIMENSIONS)}
        from (select response.* rename (account_id as given_id), {raw} as raw from response) x left join named on word = raw""")
    for pool, sources in pools.items():
        # A response of a pool is one more response, of the pool; ids of two sources may be equal.
        its = f"from {{}} where source in ({', '.join(repr(s) for s in sources)})"
        prefix = "source || chr(1) || response_id as response_id"
        for table in ("r", "score", "verbatim", "hotline"):
            db.execute(f"insert into {table} select * replace ('{pool}' as source, {prefix}) {its.format(table)}")
    parts = " union all ".join(f"select source, response_id, '{d}' as d, {d} as v from r where {d} is not null" for d in DIMENSIONS)
    db.execute(f"create table part as select source, response_id, 'all' as d, 'all' as v from r union all {parts}")


def suppress(frame, base):
    """Bases under five and, where there are any, the next smallest (the first of equals) until two cells with five answers are hidden."""
    hidden = frame[base] < MIN_SHOWN
    small = frame[base][hidden & (frame[base] > 0)]
    cells, answers = len(small), small.sum()
    while cells and (cells < 2 or answers < MIN_SHOWN) and (~hidden).any():
        index = frame[~hidden].sort_values([base, "v"], kind="stable").index[0]
        hidden.loc[index] = True
        cells, answers = cells + 1, answers + frame.loc[index, base]
    return hidden


def wilson(n, base, factor=1.0):
    p, base = n / base, base / factor
    low, high = proportion_confint(p * base, base, method="wilson")
    return min(low, p), max(high, p)


def adjusted_nps(up, down, base):
    n = base + 3
    up, down = (up + 0.75) / n, (down + 0.75) / n
    return up - down, (up + down - (up - down) ** 2) / n


QUANTITY = {"mean": "value", "ces": "value", "nps": "net"}


def spread(statistic, c):
    """Design effect of accounts and degrees of freedom between them; None: all answers are of one account."""
    if not c.get("g_n2") or c["g_n2"] == c["n"]:
        return 1.0, c["n"] - 1, 1.0
    if c["g"] < 2:
        return None
    q, n = QUANTITY.get(statistic, statistic), c["n"]
    mean = c["s_" + q] / n
    between = c["ss_" + q] - 2 * mean * c["sn_" + q] + mean**2 * c["g_n2"]
    within = c["s2_" + q] - c["s_" + q] ** 2 / n
    effect = c["g"] / (c["g"] - 1) * (n - 1) / n * between / within if within > 1e-9 else c["g_n2"] / n
    effect = max(1.0, effect)
    return effect, c["g"] - 1, effect * (st.t.ppf(0.975, c["g"] - 1) / Z) ** 2


def interval(statistic, c, scale):
    wider = spread(statistic, c)
    if wider is None:
        return None, None
    effect, df, factor = wider
    if statistic in ("mean", "ces"):
        if c["n"] < 2:
            return None, None
        half = st.t.ppf(0.975, df) * (effect * c["var"] / c["n"]) ** 0.5
        low, high = c["mean"] - half, c["mean"] + half
        return (max(low, scale[0]), min(high, scale[1])) if scale[0] is not None else (low, high)
    if statistic == "nps":
        score, variance = adjusted_nps(c["up"], c["down"], c["n"])
        value = 100 * (c["up"] - c["down"]) / c["n"]
        half = Z * (factor * variance) ** 0.5
        return min(value, max(-100, 100 * (score - half))), max(value, min(100, 100 * (score + half)))
    return wilson(c[statistic], c["n"], factor)


def value(statistic, c):
    if statistic in ("mean", "ces"):
        return c["mean"]
    return 100 * (c["up"] - c["down"]) / c["n"] if statistic == "nps" else c[statistic] / c["n"]


def shares_p(n1, b1, n2, b2):
    return 1.0 if n1 + n2 < 1e-12 or n1 + n2 > b1 + b2 - 1e-9 else proportions_ztest([n1, n2], [b1, b2])[1]


def change(statistic, now, before):
    """Interval and p-value of a change."""
    diff = value(statistic, now) - value(statistic, before)
    wider, earlier = spread(statistic, now), spread(statistic, before)
    if wider is None or earlier is None:
        return None, None, None
    if statistic in ("mean", "ces"):
        if now["n"] < 2 or before["n"] < 2:
            return None, None, None
        s1, s2 = wider[0] * now["var"] / now["n"], earlier[0] * before["var"] / before["n"]
        if s1 + s2 <= 0:
            return diff, diff, 1.0 if diff == 0 else 0.0
        df = (s1 + s2) ** 2 / (s1**2 / wider[1] + s2**2 / earlier[1])
        half = st.t.ppf(0.975, df) * (s1 + s2) ** 0.5
        return diff - half, diff + half, 2 * st.t.sf(abs(diff) / (s1 + s2) ** 0.5, df)
    if statistic == "nps":
        variances = (adjusted_nps(c["up"], c["down"], c["n"])[1] * w[2] for c, w in ((now, wider), (before, earlier)))
        error = 100 * sum(variances) ** 0.5
        return diff - Z * error, diff + Z * error, 2 * st.norm.sf(abs(diff) / error)
    (b1, b2) = now["n"] / wider[2], before["n"] / earlier[2]
    n1, n2 = now[statistic] / now["n"] * b1, before[statistic] / before["n"] * b2
    low, high = confint_proportions_2indep(n1, b1, n2, b2, method="newcomb", compare="diff")
    return low, high, shares_p(n1, b1, n2, b2)


def verdicts(rows, change_column, group, prefix=""):
    """Benjamini-Hochberg within each group of tested rows."""
    for _, tested in rows[rows[prefix + "p_value"].notna()].groupby(group, dropna=False):
        q = multipletests(tested[prefix + "p_value"].astype(float), method="fdr_bh")[1]
        rows.loc[tested.index, prefix + "q_value"] = q
        rows.loc[tested.index, prefix + "verdict"] = np.where((q > MAX_Q) | (tested[change_column] == 0), "no_evidence", np.where(tested[change_column] > 0, "up", "down"))


def frames(wanted):
    """For each measure, month and window: the newest scale in it, and the months compared with."""
    series = db.execute("""select source, measure, area, kind, low, high, m, count(*) as n from answer group by all""").df()
    out = []
    for key, of in series.groupby(["source", "measure", "area"], dropna=False):
        scales = [(s, g.set_index("m").n) for s, g in of.groupby(["kind", "low", "high"], dropna=False)]
        for m in wanted:
            for w in (1, 3, 12):
                inside = [(n[(n.index > m - w) & (n.index <= m)], n, s) for s, n in scales]
                inside = [(i.index.max(), n.index.min(), i.sum(), s, i) for i, n, s in inside if len(i)]
                if not inside:
                    continue
                _, _, _, scale, months = max(inside, key=lambda x: x[:4])
                if w > 1 and months.index.min() == m:
                    continue
                if w == 1:
                    earlier = of.m[(of.m < m) & (of.m >= m - WAVE_GAP)]
                    before = (earlier.max(), earlier.max()) if len(earlier) else (None, None)
                else:
                    before = (m - 2 * w + 1, m - w)
                out.append((len(out), *key, *scale, m, w, *before))
    return pd.DataFrame(out, columns=["f", "source", "measure", "area", "kind", "low", "high", "m", "w", "b0", "b1"])


def picked(first, last):
    """The answers of each frame with their parts; with --contact the newest of each person."""
    newest = "qualify row_number() over (partition by f, coalesce(r.person, 'r ' || a.source || chr(1) || a.response_id) order by a.m desc, r.received_at desc nulls last) = 1"
    return f"""(with one as (select f, a.*, r.person, r.account, coalesce('a ' || r.account, 'r ' || a.response_id) as g
        from frame_rows f join answer a on a.source = f.source and a.measure = f.measure and a.area is not distinct from f.area
            and a.kind = f.kind and a.low is not distinct from f.low and a.high is not distinct from f.high and a.m between {first} and {last}
        join r on r.source = a.source and r.response_id = a.response_id {newest if one_per_contact else ''})
        select one.*, p.d, p.v from one join part p on p.source = one.source and p.response_id = one.response_id)"""


QUANTITIES = {"value": "value", "net": "(value >= 9)::int - (value <= 6)::int"} | {
    box: f"coalesce(is_{box}, false)::int" for box in ("top_box", "top_band", "top_2_box", "bottom_box")}


def cells(frame_rows, first, last):
    db.register("frame_rows", frame_rows)
    sums = ", ".join(f"sum({x}) as s_{q}, sum(({x}) * ({x})) as s2_{q}" for q, x in QUANTITIES.items())
    main = db.execute(f"""select f, d, v, count(*) as n, avg(value) as mean, coalesce(var_samp(value), 0) as var,
        count(*) filter (is_top_box) as top_box, count(*) filter (is_top_band) as top_band, count(*) filter (is_top_2_box) as top_2_box,
        count(*) filter (is_bottom_box) as bottom_box, count(is_top_2_box) as n_top_2, count(*) filter (value >= 9) as up,
        count(*) filter (value <= 6) as down, count(distinct person) as respondents, count(distinct account) as accounts, {sums}
        from {picked(first, last)} group by all""").df()
    groups = ", ".join(f"sum({x}) as s_{q}" for q, x in QUANTITIES.items())
    squares = ", ".join(f"sum(s_{q} * s_{q}) as ss_{q}, sum(s_{q} * n) as sn_{q}" for q in QUANTITIES)
    grouped = db.execute(f"""select f, d, v, count(*) as g, sum(n * n) as g_n2, {squares} from
        (select f, d, v, g, count(*) as n, {groups} from {picked(first, last)} group by all) group by all""").df()
    return main.merge(grouped, on=["f", "d", "v"])


def largest():
    return db.execute(f"""select f, d, v, max(n) as largest from (select f, d, v, account, count(*) as n
        from {picked('f.m - f.w + 1', 'f.m')} where account is not null group by all) group by all""").df()


def kpi(wanted):
    db.execute("""create table answer as select s.* exclude (kind, scale_low, scale_high), scale_low as low, scale_high as high, r.m,
        case when kind = 'nps' and (scale_low <> 0 or scale_high <> 10) then 'rating' else coalesce(kind, 'rating') end as kind
        from score s join r using (source, response_id) where value is not null""")
    db.execute("delete from answer where kind = 'nps' and value <> floor(value)")
    fs = frames(wanted)
    both = cells(fs, "f.m - f.w + 1", "f.m")
    for suffix, first, last in (("_b", "f.b0", "f.b1"), ("_y", "f.m - f.w - 11", "f.m - 12")):
        both = both.merge(cells(fs, first, last), on=["f", "d", "v"], how="outer", suffixes=("", suffix))
    both = both.merge(largest(), on=["f", "d", "v"], how="left").merge(fs, on="f")
    for suffix in ("", "_b", "_y"):
        both["n" + suffix] = both["n" + suffix].fillna(0)
        both["hidden" + suffix] = False
        for (_, d), of in both.sort_values("v").groupby(["f", "d"]):
            if d != "all":
                both.loc[of.index, "hidden" + suffix] = suppress(of, "n" + suffix)
    goals = [g | {"goal": by_month(g.get("goal"))} for g in promised.get("goal", [])]
    rows = []
    for c in both[both.n > 0].to_dict("records"):
        earlier = {prefix: {k[:-2]: c[k] for k in c if k.endswith(suffix)} for prefix, suffix in (("", "_b"), ("last_year_", "_y"))}
        statistics = ["nps"] if c["kind"] == "nps" else ["ces" if c["kind"] == "ces" else "mean", "top_box", "top_band", "bottom_box"]
        if c["kind"] != "nps" and c["n_top_2"] > 0:
            statistics.append("top_2_box")
        for s in statistics:
            row = {k: c[k] for k in ("source", "m", "w", "measure", "kind", "area", "d", "v")} | {"statistic": s, "base": c["n"]}
            row |= {k: c[k] or None for k in ("respondents", "accounts")}
            row["largest_account_share"] = c["largest"] / c["n"]
            wider = spread(s, c)
            row["effective_base"] = c["n"] / wider[2] if wider else 1.0
            goal = next((g for g in goals if is_goal_of(g, row)), {})
            row |= {"owner": goal.get("owner"), "baseline": goal.get("baseline"), "goal": latest(goal.get("goal", {}), c["m"])}
            if c["hidden"]:
                row["verdict"] = row["last_year_verdict"] = "base_too_small"
                rows.append(row)
                continue
            row["value"] = value(s, c)
            row["value_low"], row["value_high"] = interval(s, c, (c["low"], c["high"]))
            if row["goal"] is not None:
                met = row["value"] <= row["goal"] if s == "bottom_box" else row["value"] >= row["goal"]
                near = row["value_low"] is not None and row["value_low"] <= row["goal"] <= row["value_high"]
                row["status"] = "met" if met else "near" if near else "missed"
            for prefix, prior in earlier.items():
                if prior["n"] == 0:
                    continue
                row[prefix + "verdict"] = "base_too_small"
                if prior["hidden"]:
                    continue
                row[prefix + "value" if prefix else "previous_value"] = value(s, prior)
                row[prefix + "change"] = value(s, c) - value(s, prior)
                row[prefix + "change_low"], row[prefix + "change_high"], p = change(s, c, prior)
                if c["n"] >= MIN_TESTED and prior["n"] >= MIN_TESTED and p is not None:
                    row[prefix + "p_value"] = p
            rows.append(row)
    compared = ["change", "change_low", "change_high", "p_value", "q_value", "verdict"]
    columns = ["status", "value", "value_low", "value_high", "previous_value", "last_year_value", *compared, *("last_year_" + c for c in compared)]
    rows = pd.DataFrame(rows).reindex(columns=list(rows[0]) + [c for c in columns if c not in rows[0]])
    verdicts(rows, "change", ["m", "source"])
    verdicts(rows, "last_year_change", ["m", "source"], "last_year_")
    found = db.execute("""select source, year(report_month) * 12 + month(report_month) as m, window_months as w, measure, kind, area, dimension as d,
        dimension_value as v, statistic, base, respondents, accounts, value, value_low, value_high, previous_value, change, change_low,
        change_high, p_value, q_value, verdict, last_year_value, last_year_change, last_year_change_low, last_year_change_high,
        last_year_p_value, last_year_q_value, last_year_verdict,
        goal, baseline, owner, status, largest_account_share, effective_base from kpi_month""").df()
    compare("kpi_month", found, rows, ["source", "m", "w", "measure", "area", "d", "v", "statistic"])


def by_month(entries):
    return {int(k[:4]) * 12 + int(k[5:7]): v for k, v in (entries or {}).items()}


def latest(entries, m):
    return entries[max(k for k in entries if k <= m)] if any(k <= m for k in entries) else None


def is_goal_of(goal, row):
    part = (goal.get("dimension", "all"), goal.get("dimension_value", "all"))
    return ((row["d"], row["v"]) == part and goal["measure"] == row["measure"] and goal["statistic"] == row["statistic"]
            and goal.get("source", row["source"]) == row["source"] and ("area" not in goal or pd.isna(row["area"]) or goal["area"] == row["area"]))


def error(statistic, c):
    """Variance of a statistic over its answers, adjusted for small bases."""
    wider = spread(statistic, c) if statistic != "share" else (1, 1, 1)
    if wider is None:
        return None
    if statistic in ("mean", "ces"):
        return wider[2] * c["var"] / c["n"] if c["n"] else 0
    if statistic == "nps":
        return wider[2] * 1e4 * adjusted_nps(c["up"], c["down"], c["n"])[1] if c["n"] else 0
    share = (c[statistic] + 2) / (c["n"] + 4)
    return wider[2] * share * (1 - share) / max(c["n"], 1)


def tally(where, m, source, measure, d, v):
    """Answers of a month on the newest scale, and of a span before on the same."""
    scales = db.execute(f"""select area, kind, low, high, min(m), count(*) filter (m = {m}) as n from answer
        where source = '{source}' and measure = '{measure}' group by all having n > 0 order by 5, 6, 2, 3, 4""").fetchall()
    if not scales:
        return None, None, None
    area, kind, low, high = scales[-1][:4]
    frame = pd.DataFrame([(0, source, measure, area, kind, low, high)], columns=["f", "source", "measure", "area", "kind", "low", "high"])
    def one(first, last):
        rows = cells(frame, first, last)
        rows = rows[(rows.d == d) & (rows.v == v)].to_dict("records")
        return rows[0] if rows else {"n": 0}
    return (low, high), one(m, m), one(*where)


def initiatives(wanted):
    """Initiatives that name their statistic or whose measure has top_box, ces or nps."""
    rows = []
    for i in promised.get("initiative", []):
        start = by_month({i["work_start"][:7]: 0}).popitem()[0]
        full = by_month({i["full_effect_month"]: 0}).popitem()[0] if "full_effect_month" in i else None
        d, v = i.get("dimension", "all"), i.get("dimension_value", "all")
        where = (start - 12, start - 1)
        for m in (m for m in wanted if m >= start and (full is None or m <= full + 12)):
            row = {"initiative_id": i["id"], "m": m, "baseline": i.get("baseline")}
            rows.append(row)
            felt = "felt_from" not in i or m >= by_month({i["felt_from"][:7]: 0}).popitem()[0]
            expected = latest(by_month(i["expected_change"]), m) if felt else None
            row["expected_change"] = expected
            only = f"and source = '{i['source']}'" if "source" in i else ""
            if "theme_id" in i:
                points, s, scale = 100, "share", None
                source = db.execute(f"""select source from (select distinct source from r where true {only}) left join
                    (select source, count(distinct response_id) as n from mention join part p using (source, response_id)
                    where theme_id = '{i['theme_id']}' and p.d = '{d}' and p.v = '{v}' and m between {m - 23} and {m} group by all)
                    using (source) order by coalesce(n, 0) desc, source limit 1""").fetchone()[0]
                now, before = ({"n": b, "share": n} for n, b in (db.execute(f"""select count(*) filter (response_id in (select response_id from mention
                    where theme_id = '{i['theme_id']}' and source = '{source}')), count(*) from r join part p using (source, response_id)
                    semi join (from verbatim where meaningful is not false) x using (source, response_id)
                    where source = '{source}' and p.d = '{d}' and p.v = '{v}' and {span}""").fetchone() for span in (f"m = {m}", f"m between {where[0]} and {where[1]}")))
                others = []
            else:
                source, area, kind = db.execute(f"""select source, area, any_value(kind) from answer where measure = '{i['measure']}' {only}
                    and m between {m - 23} and {m} group by all order by count(*) desc, source limit 1""").fetchone()
                s = i.get("statistic", {"nps": "nps", "ces": "ces"}.get(kind, "top_box"))
                points = 100 if s == "top_box" else 1
                scale, now, before = tally(where, m, source, i["measure"], d, v)
                if now is None:
                    continue
                if d != "all":
                    names = [x for (x,) in db.execute(f"select distinct v from part where d = '{d}' and v <> '{v}'").fetchall()]
                    others = [tally(where, m, source, i["measure"], d, x)[1:] for x in names]
                elif area is not None:
                    names = db.execute(f"select distinct measure from answer where source = '{source}' and kind = '{kind}' and area <> '{area}'").fetchall()
                    others = [tally(where, m, source, x, d, v)[1:] for (x,) in names]
                else:
                    others = []
            if d != "all" and now["n"] < MIN_SHOWN and "theme_id" in i or now["n"] == 0 and "theme_id" in i:
                continue
            row["base"] = now["n"]
            shown = now["n"] > 0 and (d == "all" or now["n"] >= MIN_SHOWN)
            measured = "baseline" not in i
            if measured and before["n"]:
                row["baseline"] = value(s, before)
            changes = [value(s, a) - value(s, b) for a, b in others if a is not None and a["n"] >= MIN_SHOWN and b["n"] >= MIN_SHOWN]
            row["comparison_change"] = points * np.mean(changes) if changes else None
            if row["baseline"] is None:
                continue
            if now["n"] > 1:
                variances = [error(s, c) for c in ([now, before] if measured else [now])]
                if None not in variances:
                    row["detectable_change"] = points * (Z + st.norm.ppf(0.8)) * sum(variances) ** 0.5
            if shown:
                row["actual_change"] = points * (value(s, now) - row["baseline"])
                ends = change(s, now, before)[:2] if measured else [x - row["baseline"] for x in interval(s, now, scale) if x is not None]
                if ends and ends[0] is not None:
                    row["actual_low"], row["actual_high"] = (points * x for x in ends)
            if expected:
                row["verdict"] = "cannot_be_told"
                if "actual_low" in row and now["n"] >= MIN_TESTED:
                    low, high = sorted(np.sign(expected) * x for x in (row["actual_low"], row["actual_high"]))
                    row["verdict"] = "short" if high < abs(expected) else "cannot_be_told" if low <= 0 else "on_track"
    found = db.execute("""select initiative_id, year(report_month) * 12 + month(report_month) as m, baseline, expected_change, actual_change, actual_low,
        actual_high, comparison_change, base, detectable_change, verdict from initiative_month""").df()
    rows = pd.DataFrame(rows).reindex(columns=found.columns) if rows else found.head(0)
    compare("initiative_month", found, rows, ["initiative_id", "m"])


def themes(wanted):
    db.execute("""create table mention as select v.source, v.response_id, v.verbatim_id, c.theme_id, c.sentiment, r.m, r.is_hotline from clause c
        join verbatim v using (verbatim_id) join r using (source, response_id) where c.theme_id is not null and v.meaningful is not false""")
    bases = db.execute("""select source, m, d, v, count(*) as base from r join part using (source, response_id)
        semi join (from verbatim where meaningful is not false) x using (source, response_id) group by all""").df()
    counts = db.execute("""select source, theme_id, m, d, v, count(distinct verbatim_id) as verbatims, count(distinct response_id) as responses,
        avg(sentiment) as sentiment, count(distinct response_id) filter (is_hotline) as hotlines
        from mention join part using (source, response_id) group by all""").df()
    bases["hidden"] = False
    for (_, _, d), of in bases.sort_values("v").groupby(["source", "m", "d"]):
        if d != "all":
            bases.loc[of.index, "hidden"] = suppress(of, "base")
    base_of = {(b.source, b.m, b.d, b.v): (b.base, b.hidden) for b in bases.itertuples()}
    n_of = {(c.source, c.theme_id, c.m, c.d, c.v): c for c in counts.itertuples()}
    months_of = {s: sorted(g.m.unique()) for s, g in bases.groupby("source")}
    seen = {k: sorted(g.m) for k, g in counts[counts.d == "all"].groupby(["source", "theme_id"])}
    rows = []
    for m in wanted:
        keys = {(c.source, c.theme_id, c.d, c.v) for c in counts[counts.m == m].itertuples()}
        keys |= {(s, t, "all", "all") for (s, t), ms in seen.items() if m in months_of[s] and any(m - HORIZON < x <= m for x in ms)}
        for s, t, d, v in keys:
            count = lambda month: getattr(n_of.get((s, t, month, d, v)), "responses", 0)
            base, hidden = base_of[(s, m, d, v)]
            c = n_of.get((s, t, m, d, v))
            row = {"source": s, "theme_id": t, "m": m, "d": d, "v": v, "base": base}
            rows.append(row)
            if hidden:
                row["verdict"] = "base_too_small"
                continue
            n = count(m)
            row |= {k: getattr(c, k, 0) for k in ("verbatims", "responses", "hotlines")} | {"sentiment": getattr(c, "sentiment", None)}
            row["share"] = n / base
            row["share_low"], row["share_high"] = wilson(n, base)
            earlier = [x for x in months_of[s] if m - HORIZON < x < m]
            wave = max((x for x in earlier if x >= m - WAVE_GAP), default=None)
            b, hidden_b = base_of.get((s, wave, d, v), (0, False))
            if b > 0:
                row["verdict"] = "base_too_small"
                if not hidden_b:
                    row["share_change"] = n / base - count(wave) / b
                    if base >= MIN_TESTED and b >= MIN_TESTED:
                        row["p_value"] = shares_p(n, base, count(wave), b)
            recent = [x for x in earlier if x >= m - 3]
            n0, b0 = sum(count(x) for x in recent), sum(base_of.get((s, x, d, v), (0,))[0] for x in recent)
            if earlier and not any(x in earlier for x in seen[(s, t)]):
                row["trend"] = "new"
            elif earlier and b0 > 0:
                row["trend"] = "steady"
                row["trend_change"] = n / base - n0 / b0
                if base >= MIN_TESTED and b0 >= MIN_TESTED:
                    row["trend_p"] = shares_p(n, base, n0, b0)
    columns = ["share_change", "p_value", "q_value", "verdict", "trend", "trend_change", "trend_p"]
    rows = pd.DataFrame(rows)
    rows = rows.reindex(columns=list(rows.columns) + [c for c in columns if c not in rows.columns])
    verdicts(rows, "share_change", ["m", "source"])
    for _, tested in rows[rows.trend_p.notna()].groupby(["m", "source"]):
        q = multipletests(tested.trend_p.astype(float), method="fdr_bh")[1]
        rows.loc[tested.index, "trend"] = np.where(q > MAX_Q, "steady", np.where(tested.trend_change > 0, "growing", "fading"))
    found = db.execute("""select source, theme_id, year(report_month) * 12 + month(report_month) as m, dimension as d, dimension_value as v, verbatims,
        responses, base, share, share_low, share_high, sentiment, share_change, p_value, q_value, verdict, trend, hotlines,
        nps_impact, impact_low, impact_high, top_box_impact, top_box_impact_low, top_box_impact_high from theme_month""").df()
    rated = db.execute("""select source, response_id, m, case when nps_score >= 9 then 1 when nps_score <= 6 then -1 else 0 end as y
        from r semi join (from verbatim where meaningful is not false) x using (source, response_id) where nps_score is not null""").df()
    impacts(wanted, found, "nps_impact", "impact", lambda source, m: rated[rated.source == source])
    best = db.execute("""select source, response_id, m, measure, kind, low, high, is_top_box::int as y from answer
        semi join (from verbatim where meaningful is not false) x using (source, response_id)""").df()
    impacts(wanted, found, "top_box_impact", "top_box_impact", lambda source, m: best[overall(best, source, m)])
    found = found.drop(columns=["nps_impact", "impact_low", "impact_high", "top_box_impact", "top_box_impact_low", "top_box_impact_high"])
    compare("theme_month", found, rows.drop(columns=["trend_change", "trend_p"]), ["source", "theme_id", "m", "d", "v"])


def accounts():
    rows = db.execute("""with overall as (select source, m, coalesce(min(measure) filter (contains(lower(measure), 'overall')),
                min(measure) filter (contains(lower(measure), 'satisfaction'))) as measure from answer where kind = 'csat' group by all),
        top as (select a.source, r.account, r.m, count(*) filter (is_top_box) as top, count(*) as n_top from answer a
            join overall o on o.source = a.source and o.m = a.m and o.measure = a.measure and a.kind = 'csat'
            join r on r.source = a.source and r.response_id = a.response_id group by all),
        said as (select r.source, account, m, avg(sentiment) as sentiment, count(distinct r.response_id) as n_said from verbatim v
            join r on r.source = v.source and r.response_id = v.response_id where sentiment is not null group by all),
        cases as (select r.source, account, m, count(*) as hotlines, count(*) filter (status in ('open', 'acting')) as open_hotlines from hotline h
            join r on r.source = h.source and r.response_id = h.response_id group by all),
        spoken as (select r.source, account, r.m, theme_id, count(distinct r.response_id) as n from mention x
            join r on r.source = x.source and r.response_id = x.response_id group by all),
        themes as (select source, account, m, list(theme_id order by n desc, theme_id)[:3].list_aggregate('string_agg', ',') as top_themes from spoken group by all)
        select source, account as account_id, m, min(account_name) as account_name, count(*) as responses, nullif(count(distinct person), 0) as respondents,
            any_value(said.sentiment) as sentiment, coalesce(any_value(n_said), 0) as n_said,
            100.0 * (count(*) filter (nps_score >= 9) - count(*) filter (nps_score <= 6)) / nullif(count(nps_score), 0) as nps, count(nps_score) as n_nps,
            any_value(top / n_top) as top_box, coalesce(any_value(n_top), 0) as n_top,
            coalesce(any_value(cases.hotlines), 0) as hotlines, coalesce(any_value(cases.open_hotlines), 0) as open_hotlines, any_value(top_themes) as top_themes
        from r left join said using (source, account, m) left join top using (source, account, m) left join cases using (source, account, m)
            left join themes using (source, account, m) where account is not null group by source, account, m""").df()
    rows["v"] = rows.account_id
    for column, base in (("sentiment", "n_said"), ("nps", "n_nps"), ("top_box", "n_top")):
        for _, of in rows.sort_values("v").groupby(["source", "m"]):
            rows.loc[of.index[suppress(of, base)], column] = None
    rows = rows[~rows.source.isin(list(pools))].reset_index(drop=True)
    found = db.execute("""select source, account_id, year(report_month) * 12 + month(report_month) as m, account_name, responses, respondents, sentiment, nps,
        top_box, hotlines, open_hotlines, top_themes from account_month where responses > 0""").df()
    compare("account_month", found, rows[found.columns], ["source", "account_id", "m"])


def overall(best, source, m):
    """Which answers are overall satisfaction, on the scale of the month that began last."""
    series = db.execute(f"""select measure, kind, low, high, min(m) as began, count(*) filter (m = {m}) as n from answer
        where source = '{source}' group by all having n > 0""").df()
    csat = series[series.kind == "csat"]
    for word in ("overall", "satisfaction"):
        named = csat[csat.measure.str.lower().str.contains(word)]
        if len(named):
            of = series[series.measure == named.measure.min()].sort_values(["began", "n", "kind", "low", "high"]).iloc[-1]
            return (best.source == source) & (best.measure == of.measure) & (best.kind == of.kind) & (best.low == of.low) & (best.high == of.high)
    return best.source.isna()


def impacts(wanted, found, column, ends, answers):
    """The ridge coefficients times shares exactly; the intervals against a bootstrap of our own, by their widths."""
    spoken = db.execute("select distinct source, response_id, theme_id from mention").df()
    random = np.random.default_rng(1)
    rows, widths = [], []
    for source in sorted(found.source.unique()):
        for m in wanted:
            of_source = answers(source, m)
            own = of_source[(of_source.m > m - 3) & (of_source.m <= m)].reset_index(drop=True)
            if len(own) < MIN_TESTED:
                continue
            x = own.merge(spoken, on=["source", "response_id"])
            x = pd.crosstab(x.response_id, x.theme_id).reindex(own.response_id, fill_value=0)
            x = x.loc[:, x.sum() >= MIN_SHOWN]

            def impact(weight):
                n = weight.sum()
                centred, y = x.values - weight @ x.values / n, own.y.values - weight @ own.y.values / n
                gram = centred.T @ (centred * weight[:, None]) + 10 * np.eye(x.shape[1])
                return 100 * np.linalg.solve(gram, centred.T @ (y * weight)) * (weight @ x.values) / n

            value = impact(np.ones(len(own)))
            error = np.std([impact(random.poisson(1, len(own)).astype(float)) for _ in range(200)], axis=0, ddof=1)
            rows += [{"source": source, "theme_id": t, "m": m, "d": "all", column: v, "half": Z * e} for t, v, e in zip(x.columns, value, error)]
    rows = pd.DataFrame(rows, columns=["source", "theme_id", "m", "d", column, "half"])
    shown = found[found[column].notna()]
    # The table has no row for a theme in a month in which its source was not heard.
    rows = rows.merge(found[["source", "theme_id", "m", "d"]].drop_duplicates(), on=["source", "theme_id", "m", "d"])
    compare("theme_month", shown[["source", "theme_id", "m", "d", column]], rows.drop(columns="half"), ["source", "theme_id", "m", "d"])
    both = shown.merge(rows, on=["source", "theme_id", "m", "d"])
    both = both[both.half > 1e-9]
    ratio = (both[ends + "_high"] - both[ends + "_low"]) / 2 / both.half
    if len(ratio):
        print(f"theme_month.{ends}_low/high: width against a bootstrap of our own {ratio.median():.3f}, 1 % to 99 % {ratio.quantile(0.01):.2f} to {ratio.quantile(0.99):.2f}")
        global differ
        differ += int(not 0.95 < ratio.median() < 1.05)


agree = differ = 0


def compare(table, found, expected, key):
    global agree, differ
    expected = expected.astype({c: object for c in key if c in expected and found[c].dtype == object})
    found = found.astype({c: object for c in key if expected[c].dtype == object})
    both = found.merge(expected, on=key, how="outer", suffixes=("", "_x"), indicator=True)
    alone = both[both._merge != "both"]
    differ += len(alone)
    if len(alone):
        print(f"{table}: {(alone._merge == 'left_only').sum()} rows only in the table, {(alone._merge == 'right_only').sum()} only here")
        print(alone[key + ["_merge"]].head().to_string())
    both = both[both._merge == "both"]
    for column in (c for c in found.columns if c not in key):
        a, b = both[column], both[column + "_x"]
        if column in WORDS:
            same = (a.astype(object).fillna("") == b.astype(object).fillna("")).astype(bool)
        else:
            a, b = pd.to_numeric(a), pd.to_numeric(b)
            same = ((a - b).abs() <= 2e-6 * np.maximum(1, b.abs())) | (a.isna() & b.isna())
        agree, differ = agree + int(same.sum()), differ + int((~same).sum())
        if not same.all() or "--summary" not in sys.argv:
            print(f"{table}.{column}: {int(same.sum())} agree, {int((~same).sum())} differ ({int(b.notna().sum())} not null)")
        if not same.all():
            print(both[~same][key + [column, column + "_x"]].head().to_string())


def main():
    global promised, one_per_contact
    one_per_contact = "--contact" in sys.argv
    names = [name for name in sys.argv[1:] if not name.startswith("--")]
    for pool in (sys.argv[i + 1] for i, word in enumerate(sys.argv) if word == "--pool"):
        names.remove(pool)
        pools[pool.split("=")[0]] = pool.split("=")[1].split(",")
    promised = tomllib.load(open(names[1], "rb")) if len(names) > 1 else {}
    load(names[0])
    wanted = [m for (m,) in db.execute("select distinct m from r order by m").fetchall()]
    kpi(wanted)
    themes(wanted)
    accounts()
    initiatives(wanted)
    print(f"{agree} figures agree, {differ} differ")
    sys.exit(1 if differ else 0)


main()
