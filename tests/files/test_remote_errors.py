"""Errors of files far away: which are asked again, how often, and what ends it."""

from threading import Event

import pytest

from scrub.files import remote_access, remote_errors
from scrub.files.cards import HeaderError


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(remote_errors, "WAITS", (0.0, 0.0, 0.0))


class Asked(list):
    """A question that fails so often, with an error, and then has an answer; it keeps each time."""

    def __init__(self, error, times):
        super().__init__()
        self.error, self.times = error, times

    def __call__(self):
        self.append(1)
        if len(self) <= self.times:
            raise self.error
        return "answer"


@pytest.mark.parametrize("times", range(4))
def test_an_error_that_passes_is_asked_again_three_times(times):
    ask = Asked(ConnectionResetError("secret"), times)
    assert remote_errors.persist(ask, (OSError,), Event()) == "answer"
    assert len(ask) == times + 1


def test_then_it_is_an_end_without_the_words_of_the_error():
    ask = Asked(ConnectionResetError("secret"), 9)
    with pytest.raises(HeaderError, match=r"^the connection failed, 4 times$") as caught:
        remote_errors.persist(ask, (OSError,), Event())
    assert len(ask) == 4
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.parametrize("error", [FileNotFoundError("secret"), PermissionError("secret"), IsADirectoryError("secret")])
def test_an_error_that_does_not_pass_is_asked_once(error):
    ask = Asked(error, 1)
    with pytest.raises(HeaderError) as caught:
        remote_errors.persist(ask, (OSError,), Event())
    assert len(ask) == 1
    assert "secret" not in str(caught.value)


def test_an_error_that_nobody_named_is_a_fault_of_the_program_and_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        remote_errors.persist(Asked(ZeroDivisionError(), 1), (OSError,), Event())


def test_who_is_interrupted_asks_nothing_again():
    access = remote_access.connect("memory")
    answers = remote_access.map_many(str.upper, ["a", "b"], [access])
    assert next(answers) == "A"
    with pytest.raises(KeyboardInterrupt):
        answers.throw(KeyboardInterrupt())
    ask = Asked(ConnectionResetError(), 1)
    with pytest.raises(HeaderError, match="interrupted"):
        remote_errors.persist(ask, access.errors, access.stopped)
    assert len(ask) == 1
