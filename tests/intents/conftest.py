"""What tests of slots share: the shipped vocabulary, and its finder over text as typed."""

from collections.abc import Callable

import pytest

from bot.mind import Mind
from bot.mind import vocabulary as of_knowledge
from intents.normalise import normalise
from intents.slots import Slots, Vocabulary


@pytest.fixture(scope="session")
def vocabulary(mind: Mind) -> Vocabulary:
    return of_knowledge(mind.knowledge)


@pytest.fixture(scope="session")
def find(mind: Mind) -> Callable[[str], Slots]:
    """The slots of a text."""
    return lambda text: mind.understander._slots.find(normalise(text))[0]
