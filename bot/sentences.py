"""The gate on fixed sentences: the code says each by its key, and every one that it says is there. Reads our own sources."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from knowledge.calendar import WindowState
from knowledge.fact import Window
from knowledge.problem import Problem

PACKAGES = ("knowledge", "intents", "bot", "adapters")
PHRASES = "phrases.toml"


def problems(phrases: Mapping[str, str], windows: Iterable[Window]) -> Iterator[Problem]:
    """Every fixed sentence is used by name in the code, and every one that the code asks for is there."""
    composed = {f"step_{state.value}" for state in WindowState} | {f"window_{window.name}" for window in windows}
    strings, asked = set(composed), dict.fromkeys(composed, "calendar.py")
    for package in PACKAGES:
        for path in sorted((Path(__file__).parents[1] / package).rglob("*.py")):
            tree = ast.parse(path.read_text("utf-8"))
            strings |= set(_strings(tree))
            asked |= dict.fromkeys(_keys(tree), path.name)
    for key in sorted(set(phrases) - strings):
        yield Problem(file=PHRASES, entry=key, problem="no code says this sentence", remedy="delete it")
    for key in sorted(set(asked) - set(phrases)):
        yield missing(key, asked[key])


def _keys(tree: ast.AST) -> Iterator[str]:
    """What the code looks up by a literal key: phrases["…"], turn.phrase("…")."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and "phrases" in [getattr(node.value, name, "") for name in ("id", "attr")]:
            yield from _strings(node.slice)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "phrase" and node.args:
            yield from _strings(node.args[0])


def _strings(tree: ast.AST) -> list[str]:
    """The string literals in a tree, parts of f-strings left out."""
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts
    ]


def missing(key: str, module: str) -> Problem:
    """That a module says a sentence which is not there."""
    return Problem(
        file=PHRASES,
        entry=key,
        problem=f"{module} says this sentence, and it is missing",
        remedy="add it with the same {…} as the code fills in",
    )
