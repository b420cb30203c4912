"""Stamps: the rules, their edition and the contracts that a file was made with, and the run that made it.

Every table that a command writes carries one: Parquet in its metadata, CSV in a sidecar of the W3C name
(``products.csv-metadata.json``), ``ledger.json`` for the whole folder. With the stamp stands a hash of the content.
A stamp says where a file comes from; it is no signature.
"""

import json
import tomllib
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from scrub.contracts import contracts
from scrub.files import digest, run_folder
from scrub.files.formulas import FLAG, KEY, sidecar
from scrub.files.shipped import find
from scrub.files.table_files import SourceError, list_datafiles
from scrub.tables import Rules

_CSVW = "http://www.w3.org/ns/csvw"


class StampError(ValueError):
    """A file or features without a stamp that can be believed, or of other rules; ``differences`` has the lines."""

    def __init__(self, name: str | Path, differences: list[str]) -> None:
        super().__init__(f"{name}: refused: {'; '.join(differences)}")
        self.name, self.differences = name, differences

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how a pickle makes it again, as when another process raised it."""
        return StampError, (self.name, self.differences)


class Stamp(NamedTuple):
    """A rule set (its name does not count), its edition, hashes of all, each table, each contract; the code's number.

    The number of the code is that of ``rules/code.toml``: with another, the same rules may answer otherwise.
    """

    rules: str
    edition: str
    fingerprint: str
    tables: Mapping[str, str]
    contracts: Mapping[str, str]
    code: str


class Origin(NamedTuple):
    """What made a file beside rules and contracts: the id of its run, and the policy for words without a code.

    Both are blank where the stamp names none.
    """

    run: str = ""
    handle_unknown: str = ""


def of(rules: Rules, folder: str) -> Stamp:
    """Return the stamp of what a rule set makes under the contracts of one folder of ``schemas/``.

    Args:
        rules: a rule set.
        folder: of ``schemas/``.

    Raises:
        ContractError: no contract is there.

    >>> from scrub import hst_cal
    >>> sorted(of(hst_cal.read_rules(), "hst_cal").contracts)
    ['datasets.yaml', 'features.yaml', 'inputs.yaml']
    """
    return _seal(rules.name, rules.edition, rules.hashes, contracts.hashes(folder), _read_code())


def _seal(name: str, edition: str, tables: Mapping[str, str], held: Mapping[str, str], code: str) -> Stamp:
    return Stamp(name, edition, digest.of([edition, tables, held, code]), tables, held, code)


@cache
def _read_code() -> str:
    """Return the number of the code that computes answers."""
    return str(tomllib.loads((find("rules") / "code.toml").read_text(encoding="utf-8"))["answers"])


def differences(one: Stamp, here: Stamp) -> list[str]:
    """Return in words how a stamp differs from the one here; nothing if both say the same.

    Args:
        one: a stamp.
        here: the stamp of the rules and contracts at hand.

    >>> from scrub import hst_cal
    >>> one = of(hst_cal.read_rules(), "hst_cal")
    >>> differences(one, one._replace(edition="2", tables={**one.tables, "files": "f00d"}))
    ['edition 1, here 2', 'table files.csv differs']
    """
    edition = [f"edition {one.edition}, here {here.edition}"] if one.edition != here.edition else []
    other = f"made by other code: its answers have the number {one.code}, here {here.code}"
    code = [other] if one.code != here.code else []
    tables = _compare_hashes(one.tables, here.tables, "table {}.csv")
    return [*edition, *code, *tables, *_compare_hashes(one.contracts, here.contracts, "contract {}")]


def _compare_hashes(one: Mapping[str, str], here: Mapping[str, str], noun: str) -> list[str]:
    lines = []
    for name in sorted({*one, *here}):
        if name not in here:
            lines.append(f"{noun.format(name)} is not here")
        elif name not in one:
            lines.append(f"{noun.format(name)} is only here")
        elif one[name] != here[name]:
            lines.append(f"{noun.format(name)} differs")
    return lines


def demand(
    rules: Rules, folder: str | None, stamped: Stamp | str | Path | None, *, handle_unknown: str | None = None
) -> None:
    """Refuse what another rule set, edition or contract is behind.

    Args:
        rules: the rule set at hand.
        folder: the contracts at hand, a folder of ``schemas/``; None to compare the rules only.
        stamped: a stamp, or the file that has it: see ``read``; None where there is none, which is refused.
        handle_unknown: the policy at hand for words without a code; None to compare none.

    Warns:
        UserWarning: the file was made with another policy for words without a code.

    Raises:
        StampError: something differs, or there is no stamp; ``differences`` has what.
        SourceError: a file that cannot be read.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> demand(rules, "jwst", of(rules, "jwst"))
    >>> demand(jwst.read_rules(edition=2), None, of(rules, "jwst"))
    Traceback (most recent call last):
    scrub.pipeline.stamp.StampError: made by rules jwst: refused: edition 3, here 2; table targets.csv differs
    """
    if stamped is None:
        raise StampError("no file or frame", ["no stamp"])
    one, origin = (stamped, Origin()) if isinstance(stamped, Stamp) else _read_both(Path(stamped))
    held = one.contracts if folder is None else contracts.hashes(folder)
    here = _seal(rules.name, rules.edition, rules.hashes, held, _read_code())
    if lines := differences(one, here):
        raise StampError(f"made by rules {one.rules}" if isinstance(stamped, Stamp) else stamped, lines)
    if handle_unknown and origin.handle_unknown not in ("", handle_unknown):
        warnings.warn(f"{stamped}: made with --handle-unknown {origin.handle_unknown}", UserWarning, stacklevel=2)


def read(path: str | Path) -> Stamp:
    """Return the stamp of a table (CSV with its sidecar, Parquet), of a ledger, or of the folder with one.

    Raises:
        StampError: no stamp, one that is not whole, one of another file, or a folder where a run was stopped.
        SourceError: no such file, a file that cannot have a stamp, or Parquet without its extra.

    >>> read("no-such-folder/products.csv")
    Traceback (most recent call last):
    scrub.files.table_files.SourceError: no-such-folder/products.csv: no such file
    """
    return _read_both(Path(path))[0]


def read_origin(path: str | Path) -> Origin:
    """Return the run that made a table or ledger, and its policy for words without a code.

    Raises:
        StampError, SourceError: as for ``read``.
    """
    return _read_both(Path(path))[1]


def _read_both(path: Path) -> tuple[Stamp, Origin]:
    """Return the stamp of a file, and what else made the file; of a dataset, what all of its files say."""
    if path.is_dir() and not (path / "ledger.json").is_file() and (files := list_datafiles(path)):
        return _read_dataset(path, files)
    file = path / "ledger.json" if path.is_dir() else path
    suffixes = {suffix.lower() for suffix in file.suffixes[-2:]}
    if run_folder.is_unfinished(file.parent) or run_folder.is_unfinished(file.parent.parent):
        raise StampError(file, ["a run was stopped while its files took their place: run it again"])
    if not file.is_file():
        raise SourceError(f"{file}: no such file")
    if ".csv" in suffixes:
        return _read_csv(file)
    if {".parquet", ".pq"} & suffixes:
        return _read_parquet(file)
    if file.suffix.lower() == ".json":
        entry_ = _find_stamp(_parse_json(file, _read_bytes(file)))
        return _check(file, entry_), _get_origin(entry_)
    raise SourceError(f"{file}: cannot have a stamp (.csv, .csv.gz, .parquet, ledger.json)")


def csvw(stamp: Stamp | None, path: Path, content: Path, origin: Origin, *, formulas_quoted: bool) -> dict[str, Any]:
    """Return the sidecar of a CSV file, the bytes of which are in the file ``content``.

    Args:
        stamp: of the file.
        path: of the file.
        content: a file with its bytes.
        origin: of the file.
        formulas_quoted: whether cells stand behind an apostrophe, see ``files.formulas``.
    """
    own = {**(stamp._asdict() if stamp else {}), **origin._asdict(), "sha256": digest.of_file(content)}
    own |= {FLAG: True} if formulas_quoted else {}
    return {"@context": _CSVW, "url": path.name, KEY: own}


def pack(stamp: Stamp, content: str, origin: Origin) -> dict[bytes, bytes]:
    """Return the metadata of a Parquet file: the stamp, and the hash of its rows.

    Args:
        stamp: of the file.
        content: the hash of its rows (``digest.of_frame``).
        origin: of the file.
    """
    own = {**stamp._asdict(), **origin._asdict(), "content": content}
    return {KEY.encode(): json.dumps(own, ensure_ascii=False).encode("utf-8", "backslashreplace")}


def entry(rules: Rules, folder: str) -> dict[str, Any]:
    """Return the entry ``fingerprint`` of a ledger: hashes of all, of rules and contracts, and of each of them.

    Args:
        rules: a rule set.
        folder: of ``schemas/``.

    >>> from scrub import hst_cal
    >>> list(entry(hst_cal.read_rules(), "hst_cal"))
    ['all', 'code', 'rules', 'contracts', 'tables', 'contract_files']
    """
    stamp = of(rules, folder)
    return {
        "all": stamp.fingerprint,
        "code": stamp.code,
        "rules": rules.fingerprint,
        "contracts": digest.of(stamp.contracts),
        "tables": dict(stamp.tables),
        "contract_files": dict(stamp.contracts),
    }


def from_ledger(ledger: Mapping[str, Any]) -> Stamp:
    """Return the stamp that a ledger has.

    Raises:
        StampError: it has none, or one that is not whole.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> from_ledger(jwst.run(jwst.example(rules)).ledger) == of(rules, "jwst")
    True
    """
    return _check("the ledger", _find_stamp(ledger))


def write(ledger: Mapping[str, Any]) -> str:
    """Return the stamp of a ledger as text, as it stands in ``frame.attrs``.

    Args:
        ledger: of a run.
    """
    return json.dumps(_find_stamp(ledger), ensure_ascii=False)


def parse(name: str, text: str) -> Stamp:
    """Return the stamp that ``write`` wrote.

    Args:
        name: of what has it, for messages.
        text: the stamp as text.

    Raises:
        StampError: it is none, or not whole.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> parse("a frame", write(jwst.run(jwst.example(rules)).ledger)) == of(rules, "jwst")
    True
    """
    return _check(name, _parse_json(name, text.encode("utf-8", "surrogatepass")))


def _find_stamp(ledger: Any) -> Any:
    """Return the stamp in a ledger as it stands in tables; nothing if there is no ledger."""
    entry_ = ledger.get("fingerprint") if isinstance(ledger, Mapping) else None
    if not isinstance(entry_, Mapping):
        return None
    names = {"fingerprint": "all", "code": "code", "tables": "tables", "contracts": "contract_files"}
    own = {key: entry_[name] for key, name in names.items() if name in entry_}
    return {**{key: ledger[key] for key in ("rules", "edition", *Origin._fields) if key in ledger}, **own}


def _read_csv(path: Path) -> tuple[Stamp, Origin]:
    beside = sidecar(path)
    if not beside.is_file():
        raise StampError(path, [f"no stamp: there is no {beside.name}"])
    content = _parse_json(path, _read_bytes(beside))
    entry_: Any = content.get(KEY) if isinstance(content, Mapping) else None
    stamp = _check(path, entry_)
    if content.get("url") != path.name:
        raise StampError(path, [f"the stamp in {beside.name} is of another file: its url is {content.get('url')!r}"])
    if entry_.get("sha256") != digest.of_file(path):
        raise StampError(path, [f"the stamp in {beside.name} is of another file: the bytes differ"])
    return stamp, _get_origin(entry_)


def _read_parquet(path: Path) -> tuple[Stamp, Origin]:
    try:
        from pyarrow import parquet
    except ImportError:
        raise SourceError(f"{path}: Parquet needs the extra: pip install 'skyscrub[parquet]'") from None
    try:
        table = parquet.read_table(path)
        frame = table.to_pandas()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise SourceError(f"{path}: cannot be read: {why}") from None
    text = (table.schema.metadata or {}).get(KEY.encode())
    entry_: Any = None if text is None else _parse_json(path, text)
    stamp = _check(path, entry_)
    if entry_.get("content") != digest.of_frame(frame):
        raise StampError(path, ["the stamp is of other rows: the content differs"])
    return stamp, _get_origin(entry_)


def _read_dataset(path: Path, files: Sequence[Path]) -> tuple[Stamp, Origin]:
    """Return the stamp of a dataset: a folder of Parquet files that one run made."""
    both = _read_both(files[0])
    for file in files[1:]:
        if _read_both(file) != both:
            raise StampError(path, [f"its files are of different runs: {files[0].name} and {file.name}"])
    return both


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from None


def _parse_json(name: str | Path, text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StampError(name, [f"no stamp: not JSON: {error}"]) from None


def _check(name: str | Path, entry_: Any) -> Stamp:
    """Return a stamp that is whole and whose fingerprint is that of its parts."""
    if entry_ is None:
        raise StampError(name, ["no stamp"])
    words, lists = ("rules", "edition", "fingerprint", "code"), ("tables", "contracts")
    for key in (*words, *lists):
        value = entry_.get(key) if isinstance(entry_, Mapping) else None
        good = isinstance(value, str) if key in words else _is_hashes(value)
        if not good:
            raise StampError(name, [f"the stamp lacks a valid {key}"])
    stamp = _seal(*(entry_[key] for key in ("rules", "edition", "tables", "contracts", "code")))
    if stamp.fingerprint != entry_["fingerprint"]:
        raise StampError(name, ["the stamp's fingerprint is not that of its parts"])
    return stamp


def _get_origin(entry_: Mapping[str, Any]) -> Origin:
    return Origin(*(str(entry_.get(key, "")) for key in Origin._fields))


def _is_hashes(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(part, str) for pair in value.items() for part in pair)
