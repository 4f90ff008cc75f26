import os
from typing import Any, Protocol

import pyarrow as pa

__version__: str
SCHEMA_VERSION: str
"""Version of the tables' names, types and meanings."""

class ArrowStream(Protocol):
    """Rows in Arrow form: a pyarrow.Table, RecordBatch or RecordBatchReader, a polars or pandas data frame, a DuckDB relation."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class OutspokenError(Exception):
    """Something could not be done. The text says what, where and what to do; what a respondent wrote is never in it."""

    hint: str | None
    """What to do about it."""
    found: str | None
    """What was found, where that helps."""

class InputError(OutspokenError):
    """The rows, files or columns given cannot be used."""

class SettingError(OutspokenError):
    """A setting, rule, lexicon or theme file cannot be used."""

class LimitError(OutspokenError):
    """A stated limit was passed; nothing was published."""

class OutputError(OutspokenError):
    """An output directory or registry cannot be read or written."""

class Annotator:
    """Settings, rules, lexicons, model and themes, loaded once.

    Rows go through the very function that the program's workers call, so a row has the same figures here, on the command line and in
    Spark. What belongs to a run is left out: `verbatim.duplicate_of`, `hotline.linked_to`, which of two rows with one id holds, `hotline.respond_by`
    and what people decided about cases and themes; `response.source_file` and `source_row` are null. May be used from several threads.
    """

    def __init__(
        self,
        config: str | os.PathLike[str] | None = None,
        registry: str | os.PathLike[str] | None = None,
        *,
        source: str | None = None,
        month: str | None = None,
        as_of: str | None = None,
        threads: int | None = None,
    ) -> None:
        """Loads what the settings file `config` names; without one, columns are found from names and content.

        `registry`: an output directory, or a folder that `grow` wrote, for its themes; None: no themes. `source`: which `[[source]]` of the settings the rows
        belong to, needed when there are several. `month`: `YYYY-MM`, for rows whose date is missing. `as_of`: the clock, as
        `2026-10-02T08:00:00Z`; default now. `threads`: default all cores; never changes results.

        Raises `SettingError`, `OutputError`.
        """

    def annotate(self, data: ArrowStream, table: str = "verbatim", *, part: bool = False) -> pa.Table:
        """Analyses rows and returns one table: response, response_attribute, verbatim, clause, hotline_hit, hotline, score or reject.

        Columns are taken by the names in the settings; text, numbers, dates and times are understood, nested columns are left out. `part`: the rows are a
        part of more (a batch, a partition). Then nothing is found from them, because other parts could lead elsewhere: the
        settings have to name the columns, an id among them, and the order of day and month where dates are text such as 03/04/2026.

        Raises `InputError`; TypeError when `data` is no Arrow data.
        """

    def tables(self, data: ArrowStream, *, part: bool = False) -> dict[str, pa.Table]:
        """Analyses rows once and returns every table of rows by name, `reject` (rows that could not be used) among them."""

    def sample(self, data: ArrowStream, *, part: bool = False) -> pa.Table:
        """The verbatims that themes are found from, redacted: month, hash, text, weight.

        Of each month at most 10,000 distinct ones, those with the smallest hashes: whichever way the rows are parted, samples
        of the parts together hold the sample of the whole.
        """

    @staticmethod
    def smallest(samples: ArrowStream) -> pa.Table:
        """Of samples put together, those texts that `grow` looks at, each once with its whole weight.

        For engines that work on partitions: it may be taken of parts, and again of what was taken of parts, in any order.
        """

    def grow(self, samples: ArrowStream, folder: str | os.PathLike[str]) -> int:
        """Lets the themes grow by samples, oldest month first, and writes them into `folder`, to be given as `registry`. Returns their version.

        Months that the registry knows, or that are older than its newest, change nothing.
        """

    def themes(self) -> pa.Table:
        """The themes that rows are assigned to, as the table `theme`.

        What follows from the rows of all months is null: first_month, last_month, example_verbatim_id.
        """

    @property
    def source(self) -> str:
        """Name of the source that the rows are taken to belong to."""

    @property
    def columns(self) -> list[str]:
        """Columns that the settings name; empty when they are found from the rows."""

    @property
    def registry_version(self) -> int:
        """Version of the themes; 0: none."""

    @property
    def files(self) -> list[str]:
        """Files and folders that the settings name, relative to the settings file."""

def run(inputs: list[str], out: str | os.PathLike[str], **terms: Any) -> str: ...
def schema(table: str) -> pa.Schema:
    """The columns of a table of the output; each field's metadata says what it means."""
