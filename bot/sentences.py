"""The gate on fixed sentences: the code says each by its key, and every one that it says is there. Reads our own sources."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from string import Formatter

from knowledge.calendar import WindowState
from knowledge.fact import Window
from knowledge.problem import Problem

PACKAGES = ("knowledge", "intents", "bot", "adapters")
PHRASES = "phrases.toml"
ALWAYS = {"contact", "year"}  # what Turn.phrase fills into every sentence


def problems(phrases: Mapping[str, str], windows: Iterable[Window]) -> Iterator[Problem]:
    """Every fixed sentence is used by name in the code, and every one that the code asks for is there."""
    composed = {f"step_{state.value}" for state in WindowState} | {f"window_{window.name}" for window in windows}
    strings, asked = set(composed), dict.fromkeys(composed, "calendar.py")
    for name, tree in _sources():
        strings |= set(_strings(tree))
        asked |= dict.fromkeys(_keys(tree), name)
    given = filled()
    for key, values in sorted(given.items()):
        for name in sorted(placeholders(phrases.get(key, "")) - values):
            yield Problem(
                file=PHRASES,
                entry=key,
                problem=f"nothing fills in {{{name}}}",
                remedy=f"use {', '.join(f'{{{each}}}' for each in sorted(values)) or 'no {…}'}",
            )
    for key in sorted(set(phrases) - strings):
        yield Problem(file=PHRASES, entry=key, problem="no code says this sentence", remedy="delete it")
    for key in sorted(set(asked) - set(phrases)):
        yield missing(key, asked[key])


def placeholders(text: str) -> set[str]:
    """The names in {…} of a sentence; ValueError's text where its braces do not match."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        return {str(error)}


def filled() -> dict[str, set[str]]:
    """Sentence → what the code fills into it, for those that it says by a literal key."""
    found: dict[str, set[str]] = defaultdict(set)
    for _, tree in _sources():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            names = {each.arg for each in node.keywords if each.arg}
            if node.func.attr == "phrase" and node.args:
                for key in _strings(node.args[0]):
                    found[key] |= names | ALWAYS
            elif node.func.attr == "format":
                for key in _keys(node.func.value):
                    found[key] |= names
    return dict(found)


def _sources() -> Iterator[tuple[str, ast.Module]]:
    """Every module of ours, by its name."""
    for package in PACKAGES:
        for path in sorted((Path(__file__).parents[1] / package).rglob("*.py")):
            yield path.name, ast.parse(path.read_text("utf-8"))


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
