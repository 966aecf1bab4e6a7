"""What is slow to make is made once per source, and never wrong."""

import logging
from pathlib import Path

import msgspec
import numpy as np
import pytest

from bot.mind import from_content
from intents.index import Index, Prepared
from intents.kept import digest, kept
from intents.understand import Understander


class Made(msgspec.Struct):
    """A value, and how often it was made."""

    words: dict[str, int]
    times: int


@pytest.fixture
def make():
    """Makes a value that tells how often one was made."""
    made = []

    def one() -> Made:
        made.append(None)
        return Made(words={"乙": 2, "甲": 1}, times=len(made))

    return one


def test_it_is_made_once_and_read_afterwards(tmp_path: Path, make) -> None:
    first, second = (kept(tmp_path / "new" / "made", Made, ["a"], make) for _ in range(2))
    assert first == second == Made(words={"乙": 2, "甲": 1}, times=1)
    assert list(second.words) == ["乙", "甲"], "in the order in which it was made"


def test_another_source_makes_it_anew(tmp_path: Path, make) -> None:
    assert [kept(tmp_path / "made", Made, source, make).times for source in (["a"], ["b"], ["b"], ["a"])] == [
        1,
        2,
        2,
        3,
    ]


@pytest.mark.parametrize("damage", [b"", b"\0" * 10, b"\xc1" * 4000], ids=["empty", "short", "nonsense"])
def test_a_broken_file_is_made_anew(tmp_path: Path, make, damage: bytes) -> None:
    """Whatever stands in it, also under the right digest."""
    file = tmp_path / "made"
    for content in (damage, digest(["a"]) + damage):
        file.write_bytes(content)
        made = kept(file, Made, ["a"], make)
        assert kept(file, Made, ["a"], make) == made


def test_a_folder_that_cannot_be_written_is_noted_and_costs_only_time(tmp_path: Path, make, caplog) -> None:
    (tmp_path / "file").write_bytes(b"")
    with caplog.at_level(logging.WARNING, "kaoda"):
        assert [kept(tmp_path / "file" / "made", Made, 1, make).times for _ in range(2)] == [1, 2]
    assert "cannot be kept" in caplog.text
    assert str(tmp_path) not in caplog.text


def test_nothing_is_left_beside_it(tmp_path: Path, make) -> None:
    kept(tmp_path / "made", Made, 1, make)
    assert [file.name for file in tmp_path.iterdir()] == ["made"]


def test_the_digest_does_not_hang_on_the_order_of_a_set() -> None:
    words = [str(number) for number in range(100)]
    assert digest(frozenset(words)) == digest(frozenset(reversed(words))) != digest(frozenset(words[1:]))


def test_an_index_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = Index.of([[Prepared(text="缴费时间", concepts=("缴费",))], [Prepared(text="准考证", concepts=())]])
    for _ in range(2):
        found = kept(tmp_path / "index", Index, 1, lambda: made)
        for name in ("weights", "owners", "shares", "starts"):
            assert np.array_equal(getattr(found, name), getattr(made, name))
            assert getattr(found, name).dtype == getattr(made, name).dtype
        assert found.score(Prepared(text="缴费", concepts=()))[0].argmax() == 0


def test_what_is_kept_understands_as_what_is_made(tmp_path: Path, mind) -> None:
    """The second start reads what the first has kept, and knows the same."""
    questions = ("乐山什么时候缴费", "雪梨不符怎么办", "zhunkaozheng在哪打印", "全科医学副高编码")
    first = [mind.understander.understand(each) for each in questions]
    for _ in range(2):
        again: Understander = from_content(tmp_path).understander
        assert [again.understand(each) for each in questions] == first
