"""Whose exam a text is about: the asker's, or another person's whom it names. What is found of that person, it does not know."""

import re
from collections.abc import Sequence

from intents.lexicon import Lexicon
from intents.slots import About, Place, Role


class Persons:
    """Tells people apart; built once from a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile the patterns."""
        others = "|".join(lexicon.others)
        relations = "|".join(each.removeprefix("我") for each in lexicon.others)
        self._others = re.compile(others)
        self._me = re.compile(f"我(?!们?(?:的)?(?:{relations}))")
        self._place = re.compile(f"(?:{others})[^,，。我]{{0,2}}(?:在|是|到|去)$")
        self._asks = re.compile("|".join(pattern.replace("OTHERS", f"(?:{others})") for pattern in lexicon.theirs))

    def has_others(self, clause: str) -> bool:
        """Whether what a clause goes on to say is another person's: the last one that it names is not the asker."""
        others = [found.end() for found in self._others.finditer(clause)]
        if not others:
            return False
        mine = [found.start() for found in self._me.finditer(clause)]
        return not mine or mine[-1] < others[-1]

    def is_place_of_others(self, before: str) -> bool:
        """Whether a place is another person's, as what stands before it tells: 我同事在."""
        return bool(self._place.search(before))

    def about(self, text: str, places: Sequence[Place], *, has_their_level: bool) -> About:
        """Whose exam it is: another person's place or level, asked about, makes it theirs; 我 makes it the asker's."""
        if has_their_level or self._asks.search(text):
            return About.THEIRS
        if self._me.search(text):
            return About.MINE
        roles = {each.role for each in places}
        return About.THEIRS if Role.THEIRS in roles and Role.PLACE not in roles else About.NOBODY
