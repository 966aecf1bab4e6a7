"""One contract over every store."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from turns import NOW, Kept, feedback, gap, opened, reply, turn

from adapters.storage.memory import MemoryStore
from bot.messages import Kind, Reply
from bot.ports import Start


@pytest.fixture(params=["memory", "sqlite"])
async def kept(request: pytest.FixtureRequest, path: Path) -> AsyncIterator[Kept]:
    """Each test of the contract runs over both."""
    store = MemoryStore() if request.param == "memory" else await opened(path)
    yield Kept(store, path)
    await store.close()


async def test_a_store_starts_empty(kept: Kept) -> None:
    assert await kept.store.conversation("web", "u1") is None
    assert await kept.store.reply_to("web", "u1", "m1") is None
    assert kept.gaps() == []
    await kept.store.check()


async def test_a_conversation_comes_back_as_it_was_kept(kept: Kept) -> None:
    """Byte for byte; the latest turn's."""
    first, second = turn("m1"), turn("m2", conversation=b'{"a":"\xe4\xb8\x8a\\u0000"}\x00\xff')
    await kept.store.keep(first)
    assert await kept.store.conversation("web", "u1") == first.conversation
    await kept.store.keep(second)
    assert await kept.store.conversation("web", "u1") == second.conversation


async def test_the_same_message_has_the_same_reply(kept: Kept) -> None:
    """With every field of it; earlier messages keep theirs."""
    first, second = turn("m1"), turn("m2")
    await kept.store.keep(first)
    await kept.store.keep(second)
    assert await kept.store.reply_to("web", "u1", "m1") == first.reply
    assert await kept.store.reply_to("web", "u1", "m2") == second.reply
    assert await kept.store.reply_to("web", "u1", "m3") is None


async def test_all_that_a_turn_starts_from_is_read_in_one_go(kept: Kept) -> None:
    """Nothing at first; then the conversation, and the reply of a message that was answered."""
    assert await kept.store.start("web", "u1", "m1", NOW) == Start(reply=None, conversation=None, due=())
    first = turn("m1")
    await kept.store.keep(first)
    again = Start(reply=first.reply, conversation=first.conversation, due=())
    assert await kept.store.start("web", "u1", "m1", NOW) == again
    assert (await kept.store.start("web", "u1", "m2", NOW)).reply is None
    assert await kept.store.start("web", "u2", "m1", NOW) == Start(reply=None, conversation=None, due=())


async def test_a_reply_of_few_fields_comes_back(kept: Kept) -> None:
    bare = Reply(id="r", kind=Kind.FALLBACK, text="")
    await kept.store.keep(turn(reply=bare))
    assert await kept.store.reply_to("web", "u1", "m1") == bare


async def test_a_second_turn_of_the_same_message_changes_nothing(kept: Kept) -> None:
    """“The same id again is the same message and gets the same reply”: nothing is replaced or added."""
    first = turn("m1", gaps=(gap(),))
    await kept.store.keep(first)
    await kept.store.keep(turn("m1", reply=reply("other", "别的"), conversation=b"{}", gaps=(gap("别的"),)))
    assert await kept.store.reply_to("web", "u1", "m1") == first.reply
    assert await kept.store.conversation("web", "u1") == first.conversation
    assert len(kept.gaps()) == 1


@pytest.mark.parametrize(
    ("channel", "user"), [("web", "u2"), ("wechat", "u1"), ("", ""), ("web", "u1 "), ("WEB", "u1")]
)
async def test_users_and_channels_do_not_see_each_other(kept: Kept, channel: str, user: str) -> None:
    """The same message id of another user, and the same user id of another channel, are others."""
    await kept.store.keep(turn("m1", "u1", "web", gaps=(gap(),)))
    assert await kept.store.conversation(channel, user) is None
    assert await kept.store.reply_to(channel, user, "m1") is None
    other = turn("m1", user, channel)
    await kept.store.keep(other)
    assert await kept.store.reply_to(channel, user, "m1") == other.reply
    assert await kept.store.reply_to("web", "u1", "m1") == turn("m1", "u1", "web").reply


async def test_gaps_are_kept_with_their_turn(kept: Kept) -> None:
    await kept.store.keep(turn("m1", gaps=(gap("一"), gap("二"))))
    await kept.store.keep(turn("m2"))
    assert kept.gaps() == [("一", "fallback", "CN-31", "refund"), ("二", "fallback", "CN-31", "refund")]


async def test_a_helpful_reply_leaves_no_gap(kept: Kept) -> None:
    await kept.store.keep(turn(reply=reply("r1")))
    assert await kept.store.rate(feedback("r1", helpful=True, comment="好"), NOW) is True
    assert kept.feedback() == [("r1", 1, "好")]
    assert kept.gaps() == []


async def test_an_unhelpful_reply_leaves_a_gap(kept: Kept) -> None:
    """With the question, and the reply's region and topic, so that staff find what to mend."""
    await kept.store.keep(turn(reply=reply("r1")))
    assert await kept.store.rate(feedback("r1", helpful=False, comment="没有电话"), NOW) is True
    assert kept.gaps() == [("几号缴费", "not_helpful", "CN-31", "payment_window")]
    assert kept.whole_gaps() == [("health", "web", 0.75, "", "没有电话")]


async def test_a_gap_says_how_it_came_about(kept: Kept) -> None:
    """Where it was asked, how sure the bot was and which rule decided."""
    more = msgspec.structs.replace(gap(), exam="health", channel="wechat", confidence=0.5, why="fallback")
    await kept.store.keep(turn(gaps=(more, gap())))
    assert kept.whole_gaps() == [("health", "wechat", 0.5, "fallback", ""), ("", "", None, "", "")]


async def test_a_reply_that_is_rated_twice_is_one_gap(kept: Kept) -> None:
    """An impatient thumb counts once; one that is turned up takes the gap back."""
    await kept.store.keep(turn(reply=reply("r1")))
    for comment in ("一", "二"):
        await kept.store.rate(feedback("r1", helpful=False, comment=comment), NOW)
    assert [each[-1] for each in kept.whole_gaps()] == ["二"]
    await kept.store.rate(feedback("r1", helpful=True), NOW)
    assert kept.gaps() == []


async def test_an_unhelpful_reply_without_topic_leaves_a_gap(kept: Kept) -> None:
    await kept.store.keep(turn(reply=Reply(id="r1", kind=Kind.FALLBACK, text=""), journalled=None))
    assert await kept.store.rate(feedback("r1", helpful=False), NOW) is True
    assert kept.gaps() == [("", "not_helpful", "", "")]


async def test_the_latest_feedback_on_a_reply_counts(kept: Kept) -> None:
    await kept.store.keep(turn(reply=reply("r1")))
    await kept.store.keep(turn("m2", reply=reply("r2")))
    await kept.store.rate(feedback("r2", helpful=True), NOW)
    await kept.store.rate(feedback("r1", helpful=False), NOW)
    await kept.store.rate(feedback("r1", helpful=True), NOW)
    assert sorted(kept.feedback()) == [("r1", 1, ""), ("r2", 1, "")]


@pytest.mark.parametrize(
    ("reply_id", "user", "channel"), [("r2", "u1", "web"), ("r1", "u2", "web"), ("r1", "u1", "wechat")]
)
async def test_nobody_rates_a_reply_that_he_was_not_given(kept: Kept, reply_id: str, user: str, channel: str) -> None:
    """Nothing is kept of it, neither feedback nor gap."""
    await kept.store.keep(turn(reply=reply("r1")))
    await kept.store.keep(turn("m1", "u2", "wechat", reply=reply("r9")))
    assert await kept.store.rate(feedback(reply_id, helpful=False, user=user, channel=channel), NOW) is False
    assert kept.feedback() == []
    assert kept.gaps() == []


async def test_quotes_in_ids_are_only_characters(kept: Kept) -> None:
    """Whatever a client sends as its id."""
    evil = "x'; drop table reply; --"
    await kept.store.keep(turn(evil, evil, evil))
    assert await kept.store.reply_to(evil, evil, evil) is not None
    assert await kept.store.reply_to("web", "u1", "m1") is None


async def test_a_user_who_leaves_is_forgotten(kept: Kept) -> None:
    """Conversation, replies and feedback of that user of that channel, and nobody else's; gaps name nobody and stay."""
    await kept.store.keep(turn("m1", "u1", "wechat", gaps=(gap(),)))
    for channel, user in (("wechat", "u2"), ("web", "u1")):
        await kept.store.keep(turn("m1", user, channel))
    await kept.store.rate(feedback("wechat-u1-m1", helpful=True, user="u1", channel="wechat"), NOW)
    await kept.store.rate(feedback("web-u1-m1", helpful=True, user="u1", channel="web"), NOW)
    await kept.store.forget_user("wechat", "u1")
    assert await kept.store.conversation("wechat", "u1") is None
    assert await kept.store.reply_to("wechat", "u1", "m1") is None
    assert await kept.store.reply_to("wechat", "u2", "m1") is not None
    assert await kept.store.conversation("web", "u1") is not None
    assert [each[0] for each in kept.feedback()] == ["web-u1-m1"]
    assert len(kept.gaps()) == 1
