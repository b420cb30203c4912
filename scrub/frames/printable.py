"""Text that can be shown: what steers a screen, or that an encoding lacks, is spelled out."""


def escape(text: str, encoding: str = "utf-8") -> str:
    r"""Return a text with each character that a screen should not get, or an encoding lacks, as ``\uXXXX``.

    JSON stays JSON: inside its strings the two mean the same.

    Args:
        text: one line.
        encoding: of the stream.

    >>> escape("é\x9b", "ascii"), escape("é\udcff")
    ('\\u00e9\\u009b', 'é\\udcff')
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() and _can_hold(encoding, c) else _spell(c) for c in text)


def _can_hold(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _spell(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))
