"""What all tests share: the shipped mind, built once, and a steady hypothesis profile."""

import pytest
from hypothesis import HealthCheck, settings
from learnt import known

from bot.desk.building import build
from bot.mind import Mind
from knowledge.content import read_folder

settings.register_profile("kaoda", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kaoda")


@pytest.fixture(scope="session")
def mind() -> Mind:
    """The mind that is shipped; immutable, so that all tests may use the one."""
    return build(read_folder(), known())


def pytest_configure(config: pytest.Config) -> None:
    """A property that fails for the shipped mind shows its example, and not that the mind's repr is long."""
    config.addinivalue_line("filterwarnings", "ignore:Generating overly large repr")
