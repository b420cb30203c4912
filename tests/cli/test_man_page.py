"""The page of the manual names every command and every option."""

from scrub.cli import main
from tests.cli.test_manners import COMMANDS
from tests.data import TOP

PAGE = TOP / "docs" / "skyscrub.1"
WRITE = (
    "argparse-manpage --module scrub.cli.main --function _parser --prog skyscrub --project-name skyscrub "
    "--manual-title skyscrub --description 'exposure metadata to model features' --output docs/skyscrub.1"
)


def test_the_page_of_the_manual_is_of_the_commands_that_there_are():
    text = (
        PAGE.read_text()
        .replace("\\-", "-")
        .replace("\\fI\\,", "")
        .replace("\\/\\fR", "")
        .replace("\\fB", "")
        .replace("\\fR", "")
    )
    sections = text.split("\n.SH COMMAND ")[1:]
    named = {section.split("'")[1]: section for section in sections}
    assert set(named) >= {f"skyscrub {' '.join(words)}" for words in COMMANDS}, WRITE
    for words, parser in COMMANDS.items():
        options = {word for action in parser._actions for word in action.option_strings} - {"-h", "--help"}
        section = named[f"skyscrub {' '.join(words)}"]
        assert [option for option in sorted(options) if option not in section] == [], WRITE
    assert main._parser().prog == "skyscrub"
