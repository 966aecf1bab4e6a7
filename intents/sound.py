"""How Chinese sounds: toneless syllables of characters, and Latin letters as syllables. Knows no content."""

import os
from functools import cache

os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # saves 57 MB; readings of single characters are enough here

from pypinyin import Style, pinyin  # after the setting that it reads at import

_ALIKE = str.maketrans({"ü": "v"})
LONGEST_SYLLABLE = 6  # zhuang, chuang, shuang


@cache
def readings(character: str) -> tuple[str, ...]:
    """The toneless syllables of a character, the commonest first; empty for what is not Chinese."""
    if not "\u4e00" <= character <= "\u9fff":
        return ()
    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(each.translate(_ALIKE) for each in found[0] if each)) if found else ()


@cache
def syllable(character: str) -> str:
    """The commonest syllable, or the character itself where it has none."""
    return next(iter(readings(character)), character)


@cache
def blurred(syllable: str) -> str:
    """A syllable without what many speakers do not tell apart: zh/z, ch/c, sh/s, and n/ng at its end."""
    if syllable[:2] in ("zh", "ch", "sh"):
        syllable = syllable[0] + syllable[2:]
    return syllable[:-1] if syllable.endswith("ng") and not syllable.endswith("ong") else syllable


def all_syllables() -> frozenset[str]:
    """Every toneless syllable of the characters in common use (GB 2312); a tenth of a second to make."""
    rows = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    common = "".join(pair.decode("gb2312", errors="ignore") for pair in rows)
    return frozenset(each for character in common for each in readings(character) if each.isalpha())


def spell(letters: str, known: frozenset[str]) -> tuple[str, ...]:
    """Latin letters as the fewest of the known syllables; empty where they are none."""
    best: list[tuple[str, ...] | None] = [()] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - LONGEST_SYLLABLE), end):
            before = best[start]
            if before is None or letters[start:end] not in known:
                continue
            current = best[end]
            if current is None or len(before) + 1 < len(current):
                best[end] = (*before, letters[start:end])
    return best[-1] or ()
