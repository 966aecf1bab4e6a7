"""Files are cut into entries and joined without changing a byte, whatever stands in them."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.content import CONTENT, ContentError, load_texts, read_folder
from knowledge.cutting import pieces
from knowledge.entries import Edit, NotOneEntryError, apply, cut, index, read, tables_of

TEXTS = read_folder()
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
PAYMENT = "topics/payment.toml"
INDEX = index(TEXTS)


@pytest.mark.parametrize("file", TEXTS)
def test_a_shipped_file_cut_and_joined_is_the_file(file: str) -> None:
    assert "".join(each.text for each in cut(file, TEXTS[file])) == TEXTS[file]
    assert TEXTS[file].encode() == (CONTENT / file).read_bytes()


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "’") + "'"


VALUES = st.one_of(
    WORDS.map(quoted),
    WORDS.map(literal),
    WORDS.map(lambda text: '"""' + text.replace("\\", "").replace('"""', "").rstrip('"') + '\n[[topic]]\n"quoted" """'),
    WORDS.map(lambda text: "'''" + text.replace("'", "") + "\n[[topic.answer]]\nit's ''' # [[topic]]"),
    st.just('[\n  [1, 2], # ] [[topic]]\n  ["]"],\n[[3]],\n]'),
    st.just('{clause = "a#1", quote = "[[topic]]"}'),
    st.just("2024-01-29"),
    st.just("true"),
)
COMMENTS = WORDS.map(lambda text: f"# {text}\n")
BLANKS = st.sampled_from(["", "\n", "\n\n", "  \n", "\r\n"])


@st.composite
def tables(draw: st.DrawFn, header: str) -> str:
    lines = [
        f"{name} = {draw(VALUES)}\n" for name in draw(st.lists(st.sampled_from("abcdef"), unique=True, max_size=4))
    ]
    return draw(BLANKS) + draw(st.one_of(st.just(""), COMMENTS)) + f"{header}\n" + "".join(lines)


TOPICS = st.lists(
    st.tuples(
        st.sampled_from(["[[topic]]", " [[ topic ]]", "[[topic]] # that"]).flatmap(tables),
        st.lists(tables("[[topic.answer]]"), max_size=3),
    ).map(lambda pair: pair[0] + "".join(pair[1])),
    max_size=4,
).map("".join)


@given(text=TOPICS, before=st.one_of(st.just(""), COMMENTS), after=BLANKS)
def test_pieces_of_any_toml_joined_are_the_text(text: str, before: str, after: str) -> None:
    """Headers in strings, comments and values are no headers."""
    whole = before + text + after
    found = pieces(whole, ("topic", "topic.answer"))
    assert "".join(piece for _, piece in found) == whole
    told = tomllib.loads(whole).get("topic", [])
    assert [table for table, _ in found if table] == [
        table for topic in told for table in ("topic", *["topic.answer"] * len(topic.get("answer", ())))
    ]
    for table, piece in found:
        if table:
            tomllib.loads(piece)


def test_keys_name_each_entry_once_and_tell_what_it_is() -> None:
    found = INDEX
    assert len(found) == sum(len(cut(file, text)) for file, text in TEXTS.items())
    for key in (
        "topic:payment_window",
        "answer:payment_window/health/CN-5111/2024",
        "answer:payment_window/health/CN/2024/on-online_payment",
        "window:payment/health/CN-5111/2024",
        "fee:health/CN-5111/2024/初级",
        "site:leshan-shizhong/2024",
        "specialty:zhejiang-senior-2024#a2/1",
        "list:online_payment/2024",
        "exam:health",
        "notice:leshan-2024",
        "file:phrases.toml",
    ):
        assert found[key].key == key


def test_a_comment_above_a_header_belongs_to_what_is_below() -> None:
    text = '[[topic]]\nid = "a"\n\n# about b\n[[topic]]\nid = "b"\n'
    assert [each.text for each in cut(PAYMENT, text)] == ['[[topic]]\nid = "a"\n\n', '# about b\n[[topic]]\nid = "b"\n']


def test_applying_nothing_changes_nothing() -> None:
    assert apply(TEXTS, ()) == TEXTS
    same = [Edit(key=each.key, file=each.file, text=each.text, topic=each.topic) for each in INDEX.values()]
    assert apply(TEXTS, same) == TEXTS


@given(key=st.sampled_from(sorted(INDEX)), deletes=st.booleans())
def test_an_edit_changes_its_file_alone_and_there_its_entry_alone(key: str, deletes: bool) -> None:
    entry = INDEX[key]
    text = "" if deletes else f"# 改\n{entry.text}"
    after = apply(TEXTS, [Edit(key=key, file=entry.file, text=text)])
    assert after.get(entry.file, "") == TEXTS[entry.file].replace(entry.text, text, 1)
    assert {file: each for file, each in after.items() if file != entry.file} == {
        file: each for file, each in TEXTS.items() if file != entry.file
    }


ANSWER = '[[topic.answer]]\nexams = ["health"]\nregion = "CN-44"\nyear = 2024\ntext = "新"\n'


def test_a_new_answer_follows_the_others_of_its_topic() -> None:
    edit = Edit(key="answer:payment_window/health/CN-44/2024", file=PAYMENT, text=ANSWER, topic="payment_window")
    found = load_texts(apply(TEXTS, [edit])).topics
    assert found["payment_window"].answer[-1].text == "新"
    others = load_texts(TEXTS).topics
    assert {name: each for name, each in found.items() if name != "payment_window"} == {
        name: each for name, each in others.items() if name != "payment_window"
    }


def test_a_new_topic_may_come_with_its_answer() -> None:
    topic = '[[topic]]\nid = "new"\ntitle = "新"\nphrasings = ["新的"]\n'
    edits = [
        Edit(key="answer:new/health/CN-44/2024", file=PAYMENT, text=ANSWER, topic="new"),
        Edit(key="topic:new", file=PAYMENT, text=topic),
    ]
    found = load_texts(apply(TEXTS, edits)).topics
    assert [each.text for each in found["new"].answer] == ["新"]
    assert len(found) == len(load_texts(TEXTS).topics) + 1


def test_a_file_of_which_nothing_is_left_is_gone() -> None:
    entry = INDEX["notice:leshan-2024"]
    assert entry.file not in apply(TEXTS, [Edit(key=entry.key, file=entry.file, text="")])


@pytest.mark.parametrize("text", ["", "# nothing\n", ANSWER + ANSWER, '[[topic]]\nid = "a"\n' + ANSWER])
def test_a_text_that_is_not_one_entry_is_refused(text: str) -> None:
    with pytest.raises(NotOneEntryError):
        read(PAYMENT, text, "payment_window")


ROW = '[[window]]\nname = "payment"\nregion = "CN-5111"\n'
SMUGGLED = [
    ("facts/windows.toml", ROW + '[["window"]]\nname = "payment"\nregion = "CN-31"\n'),
    ("facts/windows.toml", ROW + '[[\'window\']]\nname = "payment"\nregion = "CN-31"\n'),
    ("facts/windows.toml", ROW + '[[fee]]\nregion = "CN-31"\n'),
    ("topics/payment.toml", ANSWER + '[[topic."answer"]]\nregion = "CN"\n'),
    ("topics/payment.toml", '[[topic]]\nid = "a"\nanswer = [{region = "CN"}]\n'),
]


@pytest.mark.parametrize(("file", "text"), SMUGGLED)
def test_no_row_hides_within_another(file: str, text: str) -> None:
    """Whoever may edit one region's row would publish another's with it: rights and history see the first alone."""
    with pytest.raises(ContentError, match="another row"):
        read(file, text)
    with pytest.raises(ContentError, match="another row"):
        cut(file, text)


def test_one_entry_is_read_with_its_comment() -> None:
    found = read(PAYMENT, f"# 因为\n{ANSWER}", "fee")
    assert (found.key, found.topic, found.kind) == ("answer:fee/health/CN-44/2024", "fee", "answer")


def test_whole_files_have_no_headers() -> None:
    assert tables_of("lexicon.toml") == tables_of("notices/x.toml") == ()
