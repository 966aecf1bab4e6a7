"""What labelled questions say against a reply reaches staff in Chinese."""

from adapters.web.console.releases import label_fault
from adapters.web.console.words import read_words
from intents.evaluate import Case, faults


def test_every_fault_of_a_label_is_put_in_chinese():
    case = Case(
        id="1", turns=("?",), region="", kind=("answer",), all=("没有的话",), none=("说了的话",), dates=("2024-01-29",),
        not_dates=("2024-02-08",),
    )  # fmt: skip
    found = (*faults(case, "answer", "说了的话，2024年2月8日"), *faults(case, "fallback", ""))
    assert len(found) >= 5
    words = read_words()
    assert not [text for text in (label_fault(words, each) for each in found) if text.isascii() or " not " in text]
