"""Text analytics for voice-of-customer feedback, over Arrow tables.

    import outspoken, pyarrow.csv

    rows = pyarrow.csv.read_csv("july.csv")
    annotator = outspoken.Annotator("outspoken.toml", registry="DIR")    # DIR: an output directory, for its themes
    verbatims = annotator.annotate(rows)                                 # the table `verbatim`
    tables = annotator.tables(rows)                                      # every table of rows, by name

    outspoken.run(["july.csv"], "DIR", config="outspoken.toml")          # the whole job, as the program does it

What each column means: `outspoken.schema("verbatim")`, or `outspoken schema` on the command line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any

from ._native import (
    SCHEMA_VERSION,
    Annotator,
    InputError,
    LimitError,
    OutputError,
    OutspokenError,
    SettingError,
    __version__,
    schema,
)
from ._native import run as _run

__all__ = [
    "SCHEMA_VERSION",
    "Annotator",
    "InputError",
    "LimitError",
    "OutputError",
    "OutspokenError",
    "SettingError",
    "__version__",
    "run",
    "schema",
]


def run(
    inputs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    *,
    config: str | os.PathLike[str] | None = None,
    source: str | None = None,
    month: str | None = None,
    replace_month: bool = False,
    max_reject_share: float | None = None,
    too_many_rejects: str = "stop",
    as_of: str | None = None,
    threads: int | None = None,
) -> dict[str, Any]:
    """Does the whole job: reads files, analyses, publishes tables into `out`.

    The same as `outspoken run` with the options of these names, but for the search index, which `outspoken index --out DIR` brings up to
    date. `inputs`: files, directories or globs. `month`: `YYYY-MM`, for rows whose date is missing. `as_of`: the clock of the run, as
    `2026-10-02T08:00:00Z`; default now. `threads` never changes results.

    Returns the manifest of the run, as in `out/runs/latest.json`. Ctrl-C stops the run, and nothing is published then. Raises
    `InputError`, `SettingError`, `LimitError` or `OutputError`, and nothing is published then either.
    """
    if isinstance(inputs, (str, os.PathLike)):
        inputs = [inputs]
    manifest = _run(
        [os.fspath(name) for name in inputs],
        out,
        config=config,
        source=source,
        month=month,
        replace_month=replace_month,
        max_reject_share=max_reject_share,
        too_many_rejects=too_many_rejects,
        as_of=as_of,
        threads=threads,
    )
    return json.loads(manifest)
