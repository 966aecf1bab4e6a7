"""Scores and rankings, on an index of a few topics and on the shipped one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mind import Mind
from intents.calibrate import confidence
from intents.index import Index, Prepared, terms
from intents.match import Matcher, Ranking

TEXTS = {"pay": ("什么时候缴费", "缴费截止"), "ticket": ("准考证打印", "打印准考证"), "fee": ("考试收多少钱",)}
ANY = st.text(alphabet="什么时候缴费准考证打印多少钱甲乙 x", max_size=14)


def prepared(text: str, *concepts: str) -> Prepared:
    return Prepared(text=text, concepts=concepts)


def matcher(texts: dict[str, tuple[str, ...]] = TEXTS) -> Matcher:
    return Matcher({topic: [(text, prepared(text)) for text in each] for topic, each in texts.items()}, index(texts))


def index(texts: dict[str, tuple[str, ...]] = TEXTS) -> Index:
    return Index.of([[prepared(text) for text in each] for each in texts.values()])


def test_terms_are_characters_bigrams_sounds_and_concepts() -> None:
    """The kind is part of a term, so that the concept 缴费 is not the bigram 缴费."""
    assert terms(prepared("缴 费", "缴费")) == {"c缴", "c费", "b缴费", "sjiao fei", "o缴费"}
    assert terms(prepared("")) == set()


def test_a_homophone_shares_its_sound_only() -> None:
    assert terms(prepared("交废")) & terms(prepared("缴费")) == {"sjiao fei"}


@given(ANY)
def test_scores_are_cosines(text: str) -> None:
    """From 0 to 1 for every topic; what is known is a share."""
    scores, known = index().score(prepared(text))
    assert scores.shape == (3,)
    assert (scores >= 0).all()
    assert (scores <= 1 + 1e-5).all()
    assert 0 <= known <= 1 + 1e-6


@given(ANY)
def test_scoring_changes_nothing(text: str) -> None:
    """An index is immutable: asking does not teach it words."""
    built = index()
    before = built.score(prepared("什么时候缴费"))
    built.score(prepared(text))
    after = built.score(prepared("什么时候缴费"))
    assert before[0].tolist() == after[0].tolist()
    assert before[1] == after[1]


def test_unknown_text_has_no_score_and_is_not_known() -> None:
    scores, known = index().score(prepared("宠物"))
    assert scores.tolist() == [0, 0, 0]
    assert known == 0


def test_known_is_whole_for_a_text_of_known_terms() -> None:
    """And less for one with something unknown beside."""
    assert index().score(prepared("缴费截止"))[1] == pytest.approx(1)
    assert index().score(prepared("缴费截止甲"))[1] < 1


def test_an_index_of_nothing_scores_nothing() -> None:
    assert Index.of([]).score(prepared("缴费"))[0].tolist() == []
    assert Index.of([[], []]).score(prepared("缴费"))[0].tolist() == [0, 0]


def test_a_rare_word_counts_more_than_a_frequent_one() -> None:
    """时间 stands in every topic and decides nothing."""
    scores, _ = index({"a": ("缴费时间",), "b": ("打印时间",), "c": ("成绩时间",)}).score(prepared("时间打印"))
    assert scores.argmax() == 1
    assert scores[1] > 2 * scores[0]


@pytest.mark.parametrize(("topic", "text"), [(topic, text) for topic, each in TEXTS.items() for text in each])
def test_a_phrasing_finds_its_topic(topic: str, text: str) -> None:
    """With itself as the nearest phrasing."""
    first = matcher().rank(prepared(text)).candidates[0]
    assert (first.topic, first.phrasing) == (topic, text)


@given(ANY, st.integers(1, 5))
def test_candidates_are_sorted_and_no_more_than_looked_at(text: str, look: int) -> None:
    """Best first, scores in 0 to 1, no topic twice, none without any likeness."""
    found = matcher().rank(prepared(text), look).candidates
    scores = [each.score for each in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert len(found) <= look
    assert len({each.topic for each in found}) == len(found)


@given(ANY)
def test_the_margin_is_the_lead_of_the_first(text: str) -> None:
    ranking = matcher().rank(prepared(text))
    scores = [each.score for each in ranking.candidates] + [0.0, 0.0]
    assert ranking.margin == pytest.approx(scores[0] - scores[1])
    assert ranking.length == len(text)


def test_a_topic_without_phrasings_is_never_found() -> None:
    found = matcher(TEXTS | {"none": ()}).rank(prepared("什么时候缴费"))
    assert "none" not in {each.topic for each in found.candidates}


def test_nothing_is_found_among_nothing() -> None:
    assert matcher({}).rank(prepared("缴费")) == Ranking(candidates=(), known=0.0, length=2)


def test_nothing_found_is_no_confidence() -> None:
    assert confidence(Ranking(candidates=(), known=0.0, length=0)) == 0


@given(ANY)
def test_confidence_is_a_probability(text: str) -> None:
    assert 0 <= confidence(matcher().rank(prepared(text))) <= 1


@given(data=st.data())
def test_a_shipped_title_has_its_topic_among_the_candidates(mind: Mind, data: st.DataObject) -> None:
    """A title is a phrasing too."""
    topics = [topic for topic in mind.knowledge.topics.values() if topic.kind == "answer"]
    topic = data.draw(st.sampled_from(topics))
    found = mind.understander.matcher.rank(mind.understander.preparer.prepare(topic.title))
    assert topic.id in [each.topic for each in found.candidates]
