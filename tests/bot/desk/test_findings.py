"""Every problem that a gate or reader of content can name is said to the staff in Chinese, with a remedy."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.desk.findings import keyed, of_content, of_problem, sentences
from knowledge import entries
from knowledge.content import ContentError, load, load_texts, read_folder
from knowledge.problem import Problem

ROOT = Path(__file__).parents[3]
SOURCES = (
    "bot/check.py",
    "bot/sentences.py",
    "knowledge/check.py",
    "knowledge/content.py",
    "knowledge/figures.py",
    "knowledge/names.py",
    "knowledge/quoted.py",
    "knowledge/status_check.py",
)
PLACE = {"Problem": 2, "ContentError": 2, "_dead": 1, "_problem": 1}  # of the problem among the arguments
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def told(node: ast.expr) -> str:
    """A text as it may be said: values are x."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(told(each) for each in node.values)
    return "1" if isinstance(node, ast.FormattedValue) else ""


def problems() -> Iterator[str]:
    for source in SOURCES:
        for node in ast.walk(ast.parse((ROOT / source).read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in PLACE:
                continue
            named = [each.value for each in node.keywords if each.arg == "problem"]
            for each in named or node.args[PLACE[node.func.id] :][:1]:
                if text := told(each):
                    yield text


@pytest.mark.parametrize("problem", sorted(set(problems())))
def test_every_problem_is_worded(problem: str) -> None:
    """A new gate needs its sentence in bot/desk/findings.toml."""
    found = of_problem(Problem(file="windows.toml", entry="x", problem=problem, remedy="mend it"))
    assert CHINESE.search(found.problem)
    assert CHINESE.search(found.remedy)


def test_every_sentence_says_what_to_do() -> None:
    for pattern, said in sentences():
        assert said.remedy.endswith("。"), pattern.pattern


@pytest.mark.parametrize(
    ("broken", "instead", "problem"),
    [
        ("amount = 75", 'amount = "75"', "填的内容类型不对（应是int，现在是str）"),
        ("amount = 75", "", "缺少必填的“amount”"),
        ("amount = 75", "amount = 75\nprice = 3", "“price”不是这里的栏目"),
        ("amount = 75", "amount = 75,", "第7行第12个字符附近写法不对"),
        ('mode = "人机对话"', 'mode = "人机对话', "第6行第13个字符附近写法不对"),
    ],
)
def test_what_cannot_be_read_is_said_in_chinese(broken: str, instead: str, problem: str) -> None:
    texts = read_folder()
    texts["facts/fees.toml"] = texts["facts/fees.toml"].replace(broken, instead, 1)
    with pytest.raises(ContentError) as caught:
        load_texts(texts)
    found = of_content(caught.value)
    assert (found.file, found.problem) == ("费用", problem)


def test_ids_get_their_names_and_the_entry_its_key() -> None:
    problem = Problem(
        file="windows.toml",
        entry="payment in CN-5111",
        problem="2025-01-29 is not in its quote “2024年1月29日”",
        remedy="",
    )
    found = keyed(of_problem(problem, load()), problem, entries.index(read_folder()), frozenset())
    assert (found.entry, found.key) == ("网上缴费（四川乐山）", "window:payment/health/CN-5111/2024")
    assert found.problem.startswith("“2025-01-29”和引文对不上")


def test_of_two_years_the_one_that_was_changed_is_opened() -> None:
    """A row that is copied for 2025 stands beside that of 2024: the problem is in the copy."""
    index = entries.index(read_folder())
    was = "window:payment/health/CN-5111/2024"
    copied = entries.read(index[was].file, index[was].text.replace("year = 2024", "year = 2025"))
    both = {**index, copied.key: copied}
    problem = Problem(file="windows.toml", entry="payment in CN-5111", problem="there is no such clause", remedy="")
    finding = of_problem(problem)
    assert keyed(finding, problem, both, frozenset({copied.key})).key == copied.key != was
    assert keyed(finding, problem, both, frozenset()).key == was
