"""The emulator judges the adapter, so neither knows the other."""

import ast
from pathlib import Path

import pytest

WECHAT = Path(__file__).parents[4] / "adapters" / "wechat"
OWN = "adapters.wechat.emulator"


def imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("file", sorted((WECHAT / "emulator").glob("*.py")), ids=lambda file: file.stem)
def test_the_emulator_has_nothing_from_the_adapter(file):
    ours = {name for name in imports(file) if name.startswith(("adapters.", "bot", "knowledge", "intents", "wechatpy"))}
    assert [name for name in ours if not name.startswith(OWN)] == []


@pytest.mark.parametrize("file", sorted(WECHAT.glob("*.py")), ids=lambda file: file.stem)
def test_the_adapter_has_nothing_from_the_emulator(file):
    assert [name for name in imports(file) if name.startswith(OWN)] == []
