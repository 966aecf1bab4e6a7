"""The responder over the store that forgets: turns in order, one reply for one message, nothing personal kept."""

import asyncio
import datetime as dt
import uuid

import msgspec
import pytest

from adapters.storage.memory import MemoryStore
from bot.conversation import Conversation, Memory, decode, encode
from bot.messages import Feedback, Kind, Message, Reply, UnknownScope
from bot.mind import Mind
from bot.ports import StoreError, Turn
from bot.responder import Responder, exam_id, region_id

NOW = dt.datetime(2023, 12, 5, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
IDENTITY, MOBILE = "11010519491231002X", "13812345678"


class SlowStore(MemoryStore):
    """Gives way at every step, so that turns would mix if they could; notes when each is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Turn] = []
        self.error: StoreError | None = None

    async def conversation(self, channel: str, user: str) -> bytes | None:
        await asyncio.sleep(0.001)
        if self.error is not None:
            raise self.error
        return await super().conversation(channel, user)

    async def reply_to(self, channel: str, user: str, message_id: str) -> Reply | None:
        await asyncio.sleep(0.001)
        return await super().reply_to(channel, user, message_id)

    async def keep(self, turn: Turn) -> None:
        await asyncio.sleep(0.002)
        self.kept.append(turn)
        await super().keep(turn)


@pytest.fixture
def store() -> SlowStore:
    return SlowStore()


@pytest.fixture
def responder(mind: Mind, store: SlowStore) -> Responder:
    return Responder(mind, store, lambda: NOW)


def _message(text: str, user: str = "u", **more: str) -> Message:
    return Message(**{"id": uuid.uuid4().hex, "channel": "test", "user": user, "text": text, **more})


async def test_turns_of_a_user_are_in_order(responder, store):
    """Sent at once, the second builds on the first: 那湛江呢 is about the fee."""
    texts = ["乐山中级一科多少钱", "那湛江呢", "那乐山呢"]
    replies = await asyncio.gather(*(responder.respond(_message(text)) for text in texts))
    assert [("70元" in reply.text, "75元" in reply.text) for reply in replies] == [
        (True, False),
        (False, True),
        (True, False),
    ]
    assert [turn.reply.id for turn in store.kept] == [reply.id for reply in replies]


async def test_users_do_not_hear_each_other(responder):
    """Sent at once, one user's region is not the other's."""
    first, second = await asyncio.gather(
        responder.respond(_message("我在乐山，中级一科多少钱", user="a")),
        responder.respond(_message("中级一科多少钱", user="b")),
    )
    assert first.kind is Kind.ANSWER
    assert second.kind is Kind.CLARIFY


async def test_users_of_two_channels_with_one_name_are_two(responder):
    """A user is unique within a channel only."""
    await responder.respond(_message("我在乐山，中级一科多少钱", channel="web"))
    reply = await responder.respond(_message("中级一科多少钱", channel="terminal"))
    assert reply.kind is Kind.CLARIFY


async def test_users_are_answered_side_by_side(mind, store):
    """A user whose turn hangs holds up nobody else."""
    free = asyncio.Event()

    class Hanging(SlowStore):
        async def keep(self, turn: Turn) -> None:
            if turn.user == "slow":
                await free.wait()
            await super().keep(turn)

    responder = Responder(mind, Hanging(), lambda: NOW)
    slow = asyncio.create_task(responder.respond(_message("你好", user="slow")))
    await asyncio.wait_for(responder.respond(_message("你好", user="quick")), 5)
    assert not slow.done()
    free.set()
    await asyncio.wait_for(slow, 5)


async def test_the_same_message_again_gets_the_same_reply(responder, store):
    """A channel that sends twice is answered twice with one reply, and the conversation does not move."""
    message = _message("现场确认在哪里办")
    first = await responder.respond(message)
    kept = await store.conversation("test", "u")
    assert await responder.respond(message) == first
    assert await store.conversation("test", "u") == kept
    assert len(store.kept) == 1


async def test_the_same_id_with_other_words_is_the_same_message(responder):
    """The id alone tells a message."""
    first = await responder.respond(_message("乐山中级一科多少钱", id="1"))
    assert await responder.respond(_message("上海什么时候缴费", id="1")) == first


async def test_the_same_message_at_once_is_computed_once(responder, store):
    """Ten deliveries at the same time: one turn is kept, and all hear the same."""
    message = _message("乐山中级一科多少钱")
    replies = await asyncio.gather(*(responder.respond(message) for _ in range(10)))
    assert {reply.id for reply in replies} == {store.kept[0].reply.id}
    assert len(store.kept) == 1


async def test_the_same_id_of_two_users_is_two_messages(responder, store):
    """An id is unique within its user."""
    await asyncio.gather(*(responder.respond(_message("你好", user=user, id="1")) for user in "ab"))
    assert len({turn.reply.id for turn in store.kept}) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("region", "火星", id="a region that there is not"),
        pytest.param("region", "高新区", id="a region of many places"),
        pytest.param("region", "CN-99", id="an id that there is not"),
        pytest.param("exam", "高考", id="an exam that there is not"),
    ],
)
async def test_unknown_scope(responder, store, field, value):
    """The page is told what it passed; nothing is kept."""
    with pytest.raises(UnknownScope) as raised:
        await responder.respond(_message("你好", **{field: value}))
    assert (raised.value.field, raised.value.value) == (field, value)
    assert store.kept == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", "", id="none"),
        pytest.param("  ", "", id="white space"),
        pytest.param("CN-5111", "CN-5111", id="an id"),
        pytest.param("乐山", "CN-5111", id="a short name"),
        pytest.param("四川乐山", "CN-5111", id="with its province"),
        pytest.param("乐山市", "CN-5111", id="a full name"),
    ],
)
def test_region_of_a_page(mind, text, expected):
    assert region_id(mind, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", "", id="none"),
        pytest.param("health", "health", id="an id"),
        pytest.param("卫生高级专业技术资格考试", "senior", id="a name"),
        pytest.param("副高", "senior", id="a level"),
        pytest.param(" 卫生专业技术资格考试 ", "health", id="with white space"),
    ],
)
def test_exam_of_a_page(mind, text, expected):
    assert exam_id(mind, text) == expected


async def test_locks_disappear(responder):
    """A lock that stays for everyone who ever asked is a leak."""
    await asyncio.gather(*(responder.respond(_message("你好", user=str(number % 7))) for number in range(21)))
    assert responder._turns._locks == {}


async def test_locks_disappear_where_a_turn_fails(responder, store):
    """And the next turn of that user is not held up."""
    store.error = StoreError("the database is gone")
    with pytest.raises(StoreError):
        await responder.respond(_message("你好"))
    assert responder._turns._locks == {}
    store.error = None
    assert (await asyncio.wait_for(responder.respond(_message("你好")), 5)).kind is Kind.SMALLTALK


async def test_locks_disappear_where_a_turn_is_given_up(mind):
    """A browser that goes away cancels its turn; those who wait go on."""
    hang = asyncio.Event()

    class Hanging(SlowStore):
        async def keep(self, turn: Turn) -> None:
            if turn.message_id == "first":
                await hang.wait()
            await super().keep(turn)

    responder = Responder(mind, Hanging(), lambda: NOW)
    first = asyncio.create_task(responder.respond(_message("你好", id="first")))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(responder.respond(_message("谢谢", id="second")))
    await asyncio.sleep(0.05)
    first.cancel()
    assert (await asyncio.wait_for(second, 5)).kind is Kind.SMALLTALK
    with pytest.raises(asyncio.CancelledError):
        await first
    assert responder._turns._locks == {}


async def test_a_gap_holds_no_personal_number(responder, store):
    """Staff read what was asked, and never whose number it was."""
    await responder.respond(_message(f"我叫王小梅 {IDENTITY} 手机{MOBILE} 合格分数线到底是多少分呀"))
    await responder.respond(_message(f"缴费 {MOBILE}"))
    await responder.respond(_message("合格分数线是多少", region="乐山"))
    assert [gap.region for gap in store.gaps][-1:] == ["CN-5111"]
    assert not any(number in gap.question for gap in store.gaps for number in (IDENTITY, MOBILE))


async def test_a_masked_question_leaves_its_words(responder, store):
    """What is masked is the number and not the question."""
    await responder.respond(_message(f"乐山的合格分数线到底是多少分呀我的电话是{MOBILE}"))
    assert [gap.question for gap in store.gaps] == ["乐山的合格分数线到底是多少分呀我的电话是＊＊＊＊＊＊"]


async def test_nothing_that_is_kept_holds_a_personal_number(responder, store):
    """Neither reply nor conversation."""
    await responder.respond(_message(f"{IDENTITY} {MOBILE} 我的审核过了吗"))
    kept = str(store.kept)
    assert IDENTITY not in kept
    assert MOBILE not in kept


async def test_an_answer_leaves_no_gap(responder, store):
    await responder.respond(_message("乐山中级一科多少钱"))
    assert store.gaps == []


async def test_store_error_passes_through(responder, store):
    """The channel says that it cannot answer now; nothing is made up instead."""
    store.error = StoreError("the database is gone")
    with pytest.raises(StoreError, match="gone"):
        await responder.respond(_message("你好"))
    with pytest.raises(StoreError, match="gone"):
        await responder.knows("test", "u")


async def test_a_reply_that_could_not_be_kept_is_not_given(mind):
    """Otherwise the next turn would not know what was said."""

    class Full(MemoryStore):
        async def keep(self, turn: Turn) -> None:
            raise StoreError("the disk is full")

    responder = Responder(mind, Full(), lambda: NOW)
    with pytest.raises(StoreError, match="full"):
        await responder.respond(_message("你好"))
    assert not await responder.knows("test", "u")


async def test_a_mind_is_swapped_between_turns(mind, store):
    """The conversation goes on under the new mind; a turn that is running ends on the old one."""
    renamed = _renamed(mind)
    responder = Responder(mind, store, lambda: NOW)
    running = asyncio.create_task(responder.respond(_message("谢谢", user="a")))
    await asyncio.sleep(0)  # it has begun
    responder.mind = renamed
    assert "不客气" in (await running).text
    assert "新的措辞" in (await responder.respond(_message("都不是", user="a"))).text


def _renamed(mind: Mind) -> Mind:
    """The same mind, one fixed sentence of which is another."""
    import dataclasses

    phrases = {**mind.knowledge.phrases, "fallback_none": "新的措辞"}
    return dataclasses.replace(mind, knowledge=dataclasses.replace(mind.knowledge, phrases=phrases))


async def test_an_older_reply_stays_after_a_swap(mind, store):
    """The same message again gets the reply it got, also under a new mind."""
    responder = Responder(mind, store, lambda: NOW)
    message = _message("都不是")
    first = await responder.respond(message)
    responder.mind = _renamed(mind)
    assert await responder.respond(message) == first


async def test_links_begin_with_the_public_address(mind, store):
    """A reply that leaves the page still leads to the notice."""
    responder = Responder(mind, store, lambda: NOW, "https://kaoda.example")
    reply = await responder.respond(_message("乐山中级一科多少钱"))
    assert {source.url.split("/notices/")[0] for source in reply.sources} == {"https://kaoda.example"}


async def test_reply_names_its_scope(responder):
    """By id and by the name that people read."""
    reply = await responder.respond(_message("一科多少钱", region="乐山", exam="health"))
    assert reply.region is not None
    assert (reply.region.id, reply.region.name) == ("CN-5111", "四川乐山")
    assert reply.exam is not None
    assert reply.exam.id == "health"
    assert reply.topic == "fee"
    assert reply.confidence is not None
    assert 0 <= reply.confidence <= 1


async def test_conversation_is_known_once_it_has_begun(responder):
    assert not await responder.knows("test", "u")
    await responder.respond(_message("你好"))
    assert await responder.knows("test", "u")
    assert not await responder.knows("web", "u")


async def test_page_s_region_is_remembered(responder, store):
    """Later messages need not repeat it."""
    await responder.respond(_message("你好", region="乐山"))
    conversation = decode(await store.conversation("test", "u"))
    assert conversation.region == "CN-5111"
    assert "70元" in (await responder.respond(_message("中级一科多少钱"))).text


async def test_feedback_is_masked_and_leaves_a_gap(responder, store):
    """A comment is kept without numbers; what did not help is worked through."""
    reply = await responder.respond(_message("乐山中级一科多少钱"))
    said = Feedback(user="u", channel="test", reply_id=reply.id, helpful=False, comment=f"打我电话{MOBILE}")
    assert await responder.rate(said)
    assert [feedback.comment for feedback in store.feedback] == ["打我电话＊＊＊＊＊＊"]
    assert [(gap.reason, gap.topic) for gap in store.gaps] == [("not_helpful", "fee")]
    assert MOBILE not in str(store.gaps)


async def test_feedback_on_somebody_else_s_reply_is_refused(responder):
    """A reply's id is no key to another's conversation."""
    reply = await responder.respond(_message("你好"))
    said = Feedback(user="other", channel="test", reply_id=reply.id, helpful=True)
    assert not await responder.rate(said)


async def test_a_conversation_older_than_the_content_goes_on(responder, store):
    """What it remembers and nobody knows any more is forgotten; the rest holds."""
    gone = Memory(specialties=(9999,), sites=("gone",), level="中级")
    kept = Conversation(region="CN-999999", exam="gone", topics=("gone", "fee"), unclear=("CN-0",), memory=gone)
    first = await responder.respond(_message("你好"))
    assert first.kind is Kind.SMALLTALK
    await store.keep(msgspec.structs.replace(store.kept[-1], message_id="m", conversation=encode(kept)))
    reply = await responder.respond(_message("乐山"))
    assert (reply.topic, "70元" in reply.text) == ("fee", True)
