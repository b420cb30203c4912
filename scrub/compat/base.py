"""The parent of the older classes: a frame, where it is saved, and its columns."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from scrub.contracts.stage import Stage
from scrub.files import atomic
from scrub.frames import columns, rejects
from scrub.frames.cells import TEXT
from scrub.pipeline import save
from scrub.tables import Rules

_LOG_KWS = frozenset(  # what the older toolkit's logger takes
    {
        "console", "logfile", "console_log_output", "console_log_level", "console_log_color", "logfile_log_level",
        "logfile_log_color", "logdir", "asctime", "threadname", "verbose", "log",
    }
)  # fmt: skip
_AS_IT_IS = ("channel", "asn_rule", "exptype")  # columns whose case the older toolkit kept


class Scrubber:
    """What the three others share: a frame, where to save it, and its columns."""

    def __init__(
        self,
        data: "pd.DataFrame | Mapping[str, Any] | None" = None,
        col_order: Sequence[str] | None = None,
        output_path: str | Path | None = None,
        output_file: str | None = None,
        dropnans: bool = True,
        save_raw: bool = True,
        name: str = "Scrubber",
        **log_kws: Any,
    ) -> None:
        for unknown in sorted(log_kws.keys() - _LOG_KWS):
            raise TypeError(f"{type(self).__name__}() got an unexpected keyword argument {unknown!r}")
        self.__name__ = name
        self.log = logging.getLogger(name)
        self.log_kws = log_kws
        self.df: Any = self.convert_to_dataframe(data)
        self.col_order = None if col_order is None else list(col_order)
        self.output_path = output_path
        self.output_file = output_file
        self.dropnans = dropnans
        self.save_raw = save_raw
        self.data_path: str | None = None
        self.rejected = rejects.none_rejected()

    def convert_to_dataframe(self, data: "pd.DataFrame | Mapping[str, Any] | None" = None) -> pd.DataFrame | None:
        """Return a copy of the data as a frame; a mapping has a row for each key."""
        if data is None:
            return None
        return data.copy() if isinstance(data, pd.DataFrame) else pd.DataFrame.from_dict(dict(data), orient="index")

    def extract_matching_columns(self, cols: Sequence[str]) -> None:
        """Keep those of the columns that are there."""
        self.df = columns.keep(self.df, cols)

    def col_splitter(self, splitter: str = ".", keep: int = -1, make_lowercase: bool = True) -> list[str]:
        """Return one part of each column name.

        Args:
            splitter: what stands between the parts of a name.
            keep: which part; -1 is the last.
            make_lowercase: whether parts are in lower case.
        """
        parts = self.df.columns.astype(TEXT).str.split(splitter).str[keep]
        names: list[str] = (parts.str.lower() if make_lowercase else parts).tolist()
        return names

    def rename_cols(self, old: Sequence[str] | None = None, new: Sequence[str] | None = None) -> None:
        """Rename columns, all of them to the last part of their names unless others are given.

        Args:
            old: names of columns; all unless given.
            new: their new names; the last parts of the old ones unless given.
        """
        pairs = zip(self.df.columns if old is None else old, self.col_splitter() if new is None else new, strict=True)
        self.df = self.df.rename(columns=dict(pairs))

    def drop_nans(self, save_backup: bool = True) -> None:  # noqa: ARG002
        """Set rows with a missing value aside, if ``dropnans``."""
        if self.dropnans:
            frame = self.df.rename_axis("index").reset_index()
            good, rejected = columns.complete(frame, self.__name__, self.df.columns)
            self.df = good.set_index("index")
            self._reject(rejected)

    def drop_and_set_cols(self, label_cols: Sequence[str] = ("label",)) -> None:
        """Keep the columns of ``col_order``, in that order, and a label."""
        if self.col_order is not None:
            self.df = columns.order(self.df, self.col_order, last=label_cols[0])

    def uppercase_vals(self, column_list: Sequence[str], exceptions: Collection[str] = _AS_IT_IS) -> pd.DataFrame:
        """Return the frame with the text of some columns in upper case.

        Args:
            column_list: columns.
            exceptions: columns that stay as they are.
        """
        self.df = columns.upper(self.df, but={*self.df.columns} - {*column_list} | {*exceptions})
        return pd.DataFrame(self.df)

    def save_csv_file(self, df: pd.DataFrame | None = None, pfx: str = "", index_col: str = "index") -> str:
        """Save the frame, or another, as CSV with its index as the first column; return the path.

        A column of the index's name is not saved.

        Args:
            df: a frame; that of the object unless given.
            pfx: stands before the name of the file.
            index_col: the name of the index.
        """
        path = self._beside(f"{pfx}{Path(str(self.output_file)).name.removesuffix('.csv')}.csv")
        frame = (self.df if df is None else df).drop(columns=index_col, errors="ignore")
        self.data_path = str(save.table(frame.rename_axis(index_col), path))
        return self.data_path

    def _beside(self, name: str) -> Path:
        folder = Path(self.output_path or ".").expanduser() / Path(str(self.output_file)).parent
        return atomic.folder(folder, "csv") / name

    def _reject(self, rejected: pd.DataFrame) -> None:
        self.rejected = pd.concat([self.rejected, rejected], ignore_index=True)
        if len(rejected):
            self.log.warning("%d rejected: see the attribute rejected", len(rejected))

    @staticmethod
    def _keep_order(frame: pd.DataFrame, names: Iterable[object]) -> pd.DataFrame:
        """Return the rows in the order in which the caller has them, by their index."""
        return frame.loc[[name for name in dict.fromkeys(names) if name in frame.index]]

    def _split(self, stage: Stage, rules: Rules, frame: pd.DataFrame, **options: Any) -> pd.DataFrame:
        good, rejected = stage.split(rules, frame, **options)
        self._reject(rejected)
        return good
