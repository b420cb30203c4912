"""URLs: which are read, what of them may be shown, and lists of them. Nothing here opens one."""

import re
from pathlib import Path
from urllib.parse import quote, urlsplit

import pandas as pd

from scrub.frames.rejects import write
from scrub.frames.spelling import bare

PROTOCOLS = ("s3", "https", "http", "memory")
COLUMNS = ("s3_uri", "uri", "url", "datauri")  # of a table of URLs, the best first
MAST = "https://mast.stsci.edu/api/v0.1/Download/file?uri="
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:://|::.*://)|mast:", re.DOTALL)


def is_url(text: str) -> bool:
    """Return whether a text is a URL, of whatever protocol, and no path.

    >>> [is_url(text) for text in ("s3://bucket/a.fits", "zip://a.fits::https://host/b.zip", "C:/folder", "folder")]
    [True, True, False, False]
    """
    return _URL.match(text) is not None


def find_fault(url: str) -> str:
    """Return why a URL is not read; blank where it may be.

    Args:
        url: a text that may be one.

    >>> find_fault("file:///etc/passwd"), find_fault("s3://bucket/a.fits")
    ('the protocol file is not read, only s3, https, http, memory', '')
    """
    plain = url.partition("?")[0]
    scheme = protocol(plain)
    if not is_url(plain):
        return f"not a URL of {', '.join(PROTOCOLS)}"
    if "::" in re.sub(r"\[[^\]]*\]", "", plain):
        return "a chained URL: name the file itself"
    if scheme not in (*PROTOCOLS, "mast"):
        return f"the protocol {scheme} is not read, only {', '.join(PROTOCOLS)}"
    return _find_broken(plain, scheme)


def _find_broken(plain: str, scheme: str) -> str:
    """Return what is wrong with the parts of a URL."""
    if not plain.isprintable() or " " in plain:
        return "a URL with blanks or characters that cannot be printed"
    try:
        parts = urlsplit(plain)
        is_lacking = not (parts.hostname if scheme.startswith("http") else parts.netloc + parts.path)
        _ = parts.port if scheme.startswith("http") else None
    except ValueError:
        return "a URL that cannot be parsed"
    return "a URL without a host or a bucket" if is_lacking else ""


def show(url: str) -> str:
    """Return a URL as messages, rejects and the column ``file`` show it: without user, password, query and fragment.

    >>> show("https://me:secret@host:8000/a/b_uncal.fits?X-Amz-Signature=secret")
    'https://host:8000/a/b_uncal.fits'
    """
    plain = url.partition("?")[0]
    plain = plain.partition("#")[0] if plain.lower().startswith("http") else plain
    userinfo = ".*@" if _find_broken(plain, protocol(plain)) else "[^/]*@"
    return write(re.sub(f"(?<=://){userinfo}", "", plain, flags=re.DOTALL))


def show_input(text: str) -> str:
    """Return an input as messages show it: a URL without its secrets, a path as it is.

    >>> show_input("folder?"), show_input("s3://bucket/folder?secret")
    ('folder?', 's3://bucket/folder')
    """
    return show(text) if is_url(text) else text


def protocol(url: str) -> str:
    """Return the protocol of a URL, in small letters.

    >>> protocol("S3://bucket/a.fits")
    's3'
    """
    return url.partition(":")[0].lower()


def name(url: str) -> str:
    """Return the name of the file that a URL is of: what stands behind its last slash.

    >>> name("mast:JWST/product/a_uncal.fits"), name("https://host/b_uncal.fits?token=c")
    ('a_uncal.fits', 'b_uncal.fits')
    """
    return show(url).rpartition("/")[2]


def resolve(url: str) -> str:
    """Return the URL to ask: that of the archive's download service for a ``mast:`` URI, else the URL itself.

    >>> resolve("mast:JWST/product/a_uncal.fits")
    'https://mast.stsci.edu/api/v0.1/Download/file?uri=mast:JWST/product/a_uncal.fits'
    """
    return MAST + quote(url, safe=":/") if url.startswith("mast:") else url


def read_list(path: Path) -> list[str]:
    """Return the URLs of a text file: one a line; blank lines and those that begin with ``#`` are none.

    Args:
        path: of the file, UTF-8.

    Raises:
        UnicodeDecodeError: bytes that are not UTF-8.
        OSError: it cannot be read.
    """
    lines = (line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def take_column(table: pd.DataFrame) -> list[str] | None:
    """Return the URLs of a table, row by row; None where it has no column of them.

    Args:
        table: such as a list of files from an archive: a column ``s3_uri``, ``uri``, ``url`` or ``dataURI``.

    >>> take_column(pd.DataFrame({"dataURI": ["mast:JWST/product/a_uncal.fits"], "size": ["1"]}))
    ['mast:JWST/product/a_uncal.fits']
    """
    spelled = {bare(column): column for column in reversed(table.columns.tolist())}
    for column in COLUMNS:
        if column in spelled:
            return [write(cell).strip() for cell in table[spelled[column]].tolist()]
    return None
