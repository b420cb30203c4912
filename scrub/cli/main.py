# PYTHON_ARGCOMPLETE_OK
"""The command ``skyscrub``: read arguments, call the functions, and say by the exit code how it went."""

import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from scrub.cli import (
    contracts,
    doctor,
    hst,
    jwst,
    own_rules,
    report,
    rules,
    sample,
    score,
    sky,
    terminal,
    validate,
    verify,
)
from scrub.cli.options import FAILED, INTERRUPTED, USAGE, fail


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; whatever goes wrong ends in a code and a sentence.

    >>> main(["jwst", "no-such-folder"])
    3
    """
    words = sys.argv[1:] if argv is None else list(argv)
    with warnings.catch_warnings():
        warnings.showwarning = terminal.show_warning
        try:
            code = _run(words)
            terminal.flush()
        except KeyboardInterrupt as error:
            code = fail(INTERRUPTED, f"interrupted: {str(error) or 'files that were not yet complete are not written'}")
        except OSError as error:
            code = fail(FAILED, _describe_os(error))
        except ImportError as error:  # a package that is not there, or too old: the message says which
            code = fail(FAILED, error)
        except Exception as error:  # the last resort: a user gets a sentence, not a traceback
            if not {"-v", "--verbose"}.isdisjoint(words):
                terminal.show_error(*traceback.format_exc().splitlines())
            code = fail(FAILED, _describe(error))
        finally:
            terminal.flush()
    return code


def _run(words: Sequence[str]) -> int:
    """Run one command; errors that its input explains end in a code, any other is raised."""
    if any("\0" in word for word in words):
        return fail(USAGE, "an argument has the character NUL, which no name of a file or revision can have")
    parser = _parser()
    if "_ARGCOMPLETE" in os.environ:  # a shell asks how a command line may go on
        terminal.complete(parser)
    options, unknown = parser.parse_known_args(words)
    if unknown:
        options.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    from scrub.contracts.parse import ContractError
    from scrub.files.table_files import SourceError
    from scrub.pipeline.reasons import NoSuchNameError
    from scrub.tables import NoSuchRulesError
    from scrub.tables.findings import RuleError

    try:
        code: int = options.command(options)
    except (NoSuchRulesError, NoSuchNameError) as error:
        return fail(USAGE, error)
    except (SourceError, RuleError, ContractError) as error:
        return fail(FAILED, error)
    return code


def _describe_os(error: OSError) -> str:
    """Return the file that an error of the system is about, and what is wrong with it.

    >>> _describe_os(FileExistsError(17, "File exists", "out/products.csv"))
    'out/products.csv: File exists'
    """
    file = error.filename2 or error.filename  # of two, the one that was to be written
    if not error.strerror:
        return str(error)
    return f"{os.fsdecode(file)}: {error.strerror}" if isinstance(file, str | bytes) else error.strerror


def _describe(error: Exception) -> str:
    """Return a sentence about an error that no input should cause, with the line of this package that it came from."""
    package = Path(__file__).parents[1]
    own = [step for step in traceback.extract_tb(error.__traceback__) if Path(step.filename).is_relative_to(package)]
    place = f"{Path(own[-1].filename).relative_to(package.parent)}:{own[-1].lineno}"
    return f"an error of skyscrub itself, please report it: {type(error).__name__} at {place}: {error}"


def _parser() -> terminal.Parser:
    parser = terminal.Parser(prog="skyscrub", description="Exposure metadata to model features, by rule tables.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('skyscrub')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in (jwst, hst, rules, own_rules, contracts, score, validate, verify, report, sky, sample, doctor):
        command.add(commands)
    return parser
