"""All gates: those on phrasings, words and fixed sentences find the one thing that is wrong in a sound folder."""

import re
import shutil
from pathlib import Path

import pytest
from learnt import examined

from bot.check import problems
from knowledge.content import CONTENT

TINY = Path(__file__).parents[1] / "tiny_content"
LEXICON, OTHER, PAYMENT, PHRASES = "lexicon.toml", "topics/other.toml", "topics/payment.toml", "phrases.toml"
OFFER = "write a topic of kind answer or unknown"

# file · what stands in it · what is written instead · problems as (file, entry, problem, remedy)
BROKEN = {
    "a phrasing that another topic wins": (
        PAYMENT,
        '"一科收多少钱"',
        '"一科收多少钱", "发票找谁开", "收据丢了补开", "刷卡手续怎样", "考几分才算及格"',
        [
            (
                "payment.toml",
                "fee",
                "“考几分才算及格” is won by pass_mark with “考几分算及格”",
                "reword it, delete it, or move it to pass_mark",
            )
        ],
    ),
    "a phrasing of nothing but slots": (
        OTHER,
        '"考几分算及格"',
        '"考几分算及格", "上海中级"',
        [
            (
                "other.toml",
                "pass_mark",
                "nothing is left of “上海中级” to match",
                "delete it, or say in words what is asked of the place, exam or specialty",
            )
        ],
    ),
    "a concept that no phrasing has": (
        LEXICON,
        "[[slot]]",
        '[[concept]]\nwords = ["公章"]\n\n[[slot]]',
        [(LEXICON, "concept 公章", "no phrasing has any of its words", "delete it, or write phrasings with it")],
    ),
    "a filler that a synonym cuts": (
        LEXICON,
        'words = ["缴费", "交费"]',
        'words = ["缴费", "交费", "老师"]',
        [(LEXICON, "filler 老师", "its part 缴费 is taken first", "delete it, or the word in it")],
    ),
    "an aspect that is no concept": (
        LEXICON,
        'aspects = ["何时"]',
        'aspects = ["何时", "时间"]',
        [(LEXICON, "aspects 时间", "it is not the first word of a concept", "write the concept's first word")],
    ),
    "a slot word that stands twice": (
        LEXICON,
        'words = ["中级"]',
        'words = ["中级", "中级"]',
        [(LEXICON, "slot 中级", "it stands there 2 times", "keep it where it belongs")],
    ),
    "a word that no normalised text has": (
        LEXICON,
        '"分数不够"',
        '"分数不够", "分數少"',
        [(LEXICON, "分數少", "no normalised text has it", "write 分数少")],
    ),
    "a slot group without effect": (
        LEXICON,
        'exam = "health"\nlevel = "中级"\n',
        "",
        [(LEXICON, "slot 中级", "it fills no slot", "give it an exam, level, mode, paper, subject, site or region")],
    ),
    "a slot exam that does not exist": (
        LEXICON,
        'exam = "health"',
        'exam = "nursing"',
        [(LEXICON, "slot 中级", "there is no exam 'nursing'", "write one that facts or exams.toml have")],
    ),
    "a keyword that offers an unknown topic": (
        LEXICON,
        '"payment_window", "fee"',
        '"payment_window", "fees"',
        [(LEXICON, "keyword 缴费", "there is no topic 'fees' to offer", OFFER)],
    ),
    "a keyword that offers small talk": (
        LEXICON,
        '"payment_window", "fee"',
        '"payment_window", "greeting"',
        [(LEXICON, "keyword 缴费", "there is no topic 'greeting' to offer", OFFER)],
    ),
    "a reason that leads to an unknown topic": (
        LEXICON,
        'topic = "pass_mark"',
        'topic = "pass"',
        [(LEXICON, "reason 分数不够", "there is no topic 'pass' to offer", OFFER)],
    ),
    "a sentence that no code says": (
        PHRASES,
        'nation = "',
        'never_said_anywhere = "…"\nnation = "',
        [(PHRASES, "never_said_anywhere", "no code says this sentence", "delete it")],
    ),
    "a sentence that is missing": (
        PHRASES,
        'ask_topic = "',
        'ask_topic_again_and_again = "',
        [
            (PHRASES, "ask_topic_again_and_again", "no code says this sentence", "delete it"),
            (
                PHRASES,
                "ask_topic",
                "meant.py says this sentence, and it is missing",
                "add it with the same {…} as the code fills in",
            ),
        ],
    ),
    "a sentence with a placeholder that nothing fills": (
        PHRASES,
        'ask_place = "叫“{name}”',
        'ask_place = "叫“{nam}”',
        [(PHRASES, "ask_place", "nothing fills in {nam}", "use {contact}, {name}, {year}")],
    ),
    "a sentence whose braces do not match": (
        PHRASES,
        'ask_place = "叫“{name}”',
        'ask_place = "叫“{name”',
        [
            (
                PHRASES,
                "ask_place",
                "nothing fills in {expected '}' before end of string}",
                "use {contact}, {name}, {year}",
            )
        ],
    ),
    "a window told by a topic that nobody wrote": (
        LEXICON,
        'window_topics = {payment = "payment_window"}',
        'window_topics = {payment = "paying"}',
        [(LEXICON, "window_topics payment", "there is no topic 'paying' to offer", OFFER)],
    ),
    "a topic that starters offer and nobody wrote": (
        LEXICON,
        'starters = ["fee"]',
        'starters = ["fees"]',
        [(LEXICON, "starters", "there is no topic 'fees' to offer", OFFER)],
    ),
    "a fee of a specialty that does not exist": (
        "facts/fees.toml",
        "amount = ",
        "specialties = [999]\namount = ",
        [("fees.toml", "中级 in CN", "there is no specialty 999", "correct it, or take it out")],
    ),
    "a timeline's sentence that is missing": (
        PHRASES,
        'window_payment = "网上缴费"\n',
        "",
        [
            (
                PHRASES,
                "window_payment",
                "calendar.py says this sentence, and it is missing",
                "add it with the same {…} as the code fills in",
            )
        ],
    ),
    "the nation's name that is missing": (
        PHRASES,
        'nation = "全国"\n',
        "",
        [
            (
                PHRASES,
                "nation",
                "is missing",
                "write the name of the whole country there",
            )
        ],
    ),
    "a topic that stands twice": (
        OTHER,
        'id = "greeting"',
        'id = "pass_mark"',
        [("other.toml", "pass_mark", "this topic id stands twice", "rename or merge one of them")],
    ),
    "a fact that only knowledge looks at": (
        "facts/fees.toml",
        "每科50元",
        "每门50元",
        [
            (
                "fees.toml",
                "中级 in CN",
                "the quote “每门50元” is not in nation#2",
                "copy it word for word from the clause, punctuation too",
            )
        ],
    ),
    "a region that does not exist": (
        "notices/city.toml",
        '"CN-31"',
        '"CN-99"',
        [
            (
                "city.toml",
                "region",
                "there is no region 'CN-99'",
                "write CN, or CN- and its GB/T 2260 code without trailing 00, or add it to regions",
            )
        ],
    ),
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The tiny content with the shipped sentences and plain vocabularies, and its own groups of words."""
    copied = shutil.copytree(TINY, tmp_path / "content")
    windows = re.findall(r'^name = "(\w+)"$', (TINY / "facts/windows.toml").read_text("utf-8"), re.MULTILINE)
    unused = rf"^window_(?!state_|{'|'.join(windows)}\b)\w+ = .*\n"
    sentences = (CONTENT / PHRASES).read_text("utf-8")
    (copied / PHRASES).write_text(re.sub(unused, "", sentences, flags=re.MULTILINE), "utf-8")
    plain = (CONTENT / LEXICON).read_text("utf-8").partition("[[")[0]
    for field, words in (("aspects", '["何时"]'), ("fillers", '["请问", "老师"]'), ("starters", '["fee"]')):
        plain = re.sub(rf"^{field} = \[.*?\]", f"{field} = {words}", plain, flags=re.DOTALL | re.MULTILINE)
    told_by = 'window_topics = {payment = "payment_window"}'
    plain = re.sub(r"^window_topics = .*$", told_by, plain, flags=re.MULTILINE)
    (copied / LEXICON).write_text(plain + (TINY / LEXICON).read_text("utf-8"), "utf-8")
    return copied


def told(folder: Path, cache: Path) -> list[str]:
    return [str(problem) for problem in problems(folder, cache)]


def replace(path: Path, stands: str, instead: str) -> None:
    text = path.read_text("utf-8")
    assert stands in text
    path.write_text(text.replace(stands, instead, 1), "utf-8")


def test_the_tiny_content_is_sound(folder: Path, cache: Path) -> None:
    assert told(folder, cache) == []


def test_the_shipped_content_passes() -> None:
    """The same as `kaoda knowledge check`."""
    _, problems = examined()
    assert [str(problem) for problem in problems] == []


@pytest.mark.parametrize("case", BROKEN)
def test_a_gate_names_file_entry_and_remedy(folder: Path, cache: Path, case: str) -> None:
    """A broken copy gives those problems and no other."""
    file, stands, instead, expected = BROKEN[case]
    replace(folder / file, stands, instead)
    wanted = [f"{where}: {entry}: {problem}\n  → {remedy}" for where, entry, problem, remedy in expected]
    assert told(folder, cache) == wanted


def test_equal_phrasings_of_two_topics_are_a_problem(folder: Path, cache: Path) -> None:
    replace(folder / PAYMENT, '"一科收多少钱"', '"一科收多少钱", "请问考几分算及格"')
    assert told(folder, cache) == [
        "payment.toml: fee: “请问考几分算及格” is won by pass_mark with “考几分算及格”\n"
        "  → reword it, delete it, or move it to pass_mark",
        "payment.toml: fee: “请问考几分算及格” is the same as “考几分算及格” of pass_mark\n"
        "  → keep it in the topic that answers it, and delete or reword the other",
    ]


def test_equal_phrasings_are_kept_apart_by_their_exams(folder: Path, cache: Path) -> None:
    """高级报考条件 and 中级报考条件: each names an exam that the other's topic does not answer."""
    replace(folder / LEXICON, "[[keyword]]", '[[slot]]\nexam = "senior"\nwords = ["高级"]\n\n[[keyword]]')
    replace(
        folder / OTHER,
        '["考几分算及格"]',
        '["考几分算及格", "高级考卷共几页"]\n'
        '[[topic.answer]]\nexams = ["senior"]\nregion = "CN"\nyear = 2024\ntext = "没有说明。"',
    )
    replace(folder / PAYMENT, '"一科收多少钱"', '"一科收多少钱", "中级考卷共几页"')
    assert told(folder, cache) == []


@pytest.mark.parametrize("file", [LEXICON, PHRASES, "exams.toml", OTHER, "notices/city.toml", "facts/fees.toml"])
def test_content_that_cannot_be_parsed_is_one_problem(folder: Path, cache: Path, file: str) -> None:
    (folder / file).write_text("[[", "utf-8")
    (problem,) = problems(folder, cache)
    assert (problem.file, problem.entry) == ((folder / file).name, "file")
    assert problem.remedy == "mend the TOML at that line (UTF-8)"


def test_a_missing_file_is_one_problem(folder: Path, cache: Path) -> None:
    (folder / "exams.toml").unlink()
    assert told(folder, cache) == [f"exams.toml: file: is missing\n  → restore it at {folder}"]


def test_a_field_of_the_wrong_type_is_one_problem(folder: Path, cache: Path) -> None:
    replace(folder / "facts/fees.toml", "amount = 50", 'amount = "50"')
    (problem,) = problems(folder, cache)
    assert (problem.file, problem.entry) == ("fees.toml", "$[0].amount")
    assert problem.remedy.startswith("compare it with the entries beside it")


def test_a_lexicon_of_the_wrong_type_is_one_problem(folder: Path, cache: Path) -> None:
    replace(folder / LEXICON, 'topic = "pass_mark"', "topic = 1")
    (problem,) = problems(folder, cache)
    assert problem.file == LEXICON
    assert problem.remedy == "compare it with intents/lexicon.py, where every field has a sentence"


def test_a_pattern_that_is_no_regular_expression_is_one_problem(folder: Path, cache: Path) -> None:
    replace(folder / LEXICON, "ellipsis = [", 'ellipsis = ["(", ')
    (problem,) = problems(folder, cache)
    assert problem.file == LEXICON
