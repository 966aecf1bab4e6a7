"""Who was told what is no longer so: found after a publication, offered by staff, told once."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from journalled import NEW_END, NOW, OLD_END, PUBLISHER, World, corrected, journalling

from adapters.storage.sqlite_reminders import SqliteReminders
from bot.desk.corrections import AGAIN, LEASE, Corrections
from bot.due import EVERY_EVENT, Subscription
from bot.mind import Mind
from bot.ports import NotifyError, Reminder
from bot.staff.corrections import Review, ReviewState, Told

ASKED = "乐山什么时候缴费"


@pytest.fixture
async def world(mind: Mind, tmp_path: Path) -> AsyncIterator[World]:
    async with journalling(mind, tmp_path) as found:
        yield found


class Phone:
    """Fulfils bot.ports.Notify; notes what it was given."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Reminder]] = []
        self.errors: list[NotifyError] = []
        self.is_wanted = True

    async def notify(self, user: str, reminder: Reminder) -> bool:
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append((user, reminder))
        return self.is_wanted


async def reviewed(world: World, edition: int = 2) -> Review:
    await world.corrections.look()
    found = await world.corrections.review(edition)
    assert found is not None
    assert found.state is ReviewState.DONE
    return found


async def only(world: World, edition: int = 2) -> Told:
    (told,) = (await reviewed(world, edition)).told
    return told


async def test_a_publication_finds_who_was_told_the_old_thing(world: World, mind: Mind) -> None:
    """Those who were told something else, and nobody else; who asked twice is one."""
    for user in ("a", "a", "b"):
        await world.say(ASKED, user)
    await world.say("上海什么时候缴费", "c")
    await world.say("什么时候缴费", "d")
    world.publish(corrected(mind, 2))
    told = await only(world)
    assert (told.topic, told.region, told.question) == ("payment_window", "CN-5111", ASKED)
    assert (told.people, told.offered, told.told, len(told.lines)) == (2, 0, 0, 3)
    assert OLD_END in told.before
    assert NEW_END in told.after
    (review,) = await world.corrections.reviews()
    assert (review.groups, review.people, review.looked_at) == (1, 2, 4)


async def test_right_after_a_publication_its_review_is_about_to_begin(world: World, mind: Mind) -> None:
    world.publish(corrected(mind, 2))
    begins = await world.corrections.review(2)
    assert begins is not None
    assert begins.state is ReviewState.RUNNING
    assert await world.corrections.review(3) is None


async def test_nothing_is_told_before_staff_offer_it(world: World, mind: Mind) -> None:
    await world.say(ASKED)
    world.publish(corrected(mind, 2))
    await reviewed(world)
    assert "更正" not in (await world.say("谢谢")).text


async def test_an_offered_correction_is_told_with_the_next_reply_once(world: World, mind: Mind) -> None:
    """After what was asked, as it is on that day; the journal keeps the reply without it."""
    await world.say(ASKED, "a")
    await world.say(ASKED, "a")
    world.publish(corrected(mind, 2))
    await reviewed(world)
    assert await world.corrections.offer(PUBLISHER, 2) == 1
    world.now = dt.datetime(2024, 2, 16, 9, tzinfo=NOW.tzinfo)
    reply = await world.say("谢谢", "a")
    first, _, rest = reply.text.partition("\n更正：")
    assert first
    assert f"您12月5日问过“{ASKED}”" in rest
    assert NEW_END in rest
    assert "还剩2天" in rest
    for user in ("a", "b"):
        assert "更正" not in (await world.say("谢谢", user)).text
    told = await only(world)
    assert (told.people, told.offered, told.told) == (1, 1, 1)
    thanks = await world.journal.line(3)
    assert thanks is not None
    assert thanks.reply is not None
    assert "更正" not in thanks.reply.text


async def test_a_message_that_comes_again_gets_the_same_correction(world: World, mind: Mind) -> None:
    """The reply is the one that was kept."""
    from bot.messages import Message

    await world.say(ASKED)
    world.publish(corrected(mind, 2))
    await reviewed(world)
    await world.corrections.offer(PUBLISHER, 2)
    message = Message(id="again", channel="web", user="u1", text="谢谢")
    first = await world.responder.respond(message)
    assert "更正" in first.text
    assert await world.responder.respond(message) == first


async def test_two_messages_at_once_tell_it_once(world: World, mind: Mind) -> None:
    """Of two processes: each has a responder and a lock of its own."""
    from bot.responder import Responder

    await world.say(ASKED)
    world.publish(corrected(mind, 2))
    await reviewed(world)
    await world.corrections.offer(PUBLISHER, 2)
    other = Responder(
        world.responder.mind, world.store, lambda: world.now, sealer=world.sealer, corrections=world.corrections
    )
    first = world.say("谢谢")
    world.responder, mine = other, world.responder
    second = world.say("你好")
    replies = await asyncio.gather(first, second)
    world.responder = mine
    assert sum("更正" in each.text for each in replies) == 1


async def test_offering_is_noted_and_done_once(world: World, mind: Mind) -> None:
    await world.say(ASKED)
    world.publish(corrected(mind, 2))
    told = await only(world)
    assert await world.corrections.offer(PUBLISHER, 2, (told.group + 1,)) == 0
    assert await world.corrections.offer(PUBLISHER, 1, (told.group,)) == 0
    assert await world.corrections.offer(PUBLISHER, 2, (told.group,)) == 1
    assert await world.corrections.offer(PUBLISHER, 2, (told.group,)) == 0
    assert world.query("select who, deed, object, detail from staff_log") == [("fabu", "offered_correction", "2", "1")]


async def test_who_is_forgotten_is_offered_nothing(world: World, mind: Mind) -> None:
    await world.say(ASKED)
    world.publish(corrected(mind, 2))
    await reviewed(world)
    await world.corrections.offer(PUBLISHER, 2)
    await world.responder.forget("web", "u1")
    assert world.query("select (select count(*) from correction), (select count(*) from told)") == [(0, 0)]
    assert "更正" not in (await world.say("谢谢")).text


async def test_a_rollback_makes_what_was_not_told_void(world: World, mind: Mind) -> None:
    """Who was told the correction is told again; who was not, was told right at first."""
    for user in ("a", "b"):
        await world.say(ASKED, user)
    world.publish(corrected(mind, 2))
    await reviewed(world)
    await world.corrections.offer(PUBLISHER, 2)
    assert "更正" in (await world.say("谢谢", "a")).text
    world.publish(replace(mind, edition=3))
    told = await only(world, 3)
    assert told.people == 1
    assert NEW_END in told.before
    assert OLD_END in told.after
    assert "更正" not in (await world.say("谢谢", "b")).text
    await world.corrections.offer(PUBLISHER, 3)
    back = await world.say("谢谢", "a")
    assert OLD_END in back.text.partition("更正")[2]
    assert "更正" not in (await world.say("谢谢", "a")).text


async def test_a_newer_edition_overtakes_a_review(world: World, mind: Mind) -> None:
    await world.say(ASKED)
    await world.rows.begin(2, NOW, LEASE)
    world.publish(corrected(mind, 3))
    await reviewed(world, 3)
    assert [(each.edition, each.state) for each in await world.corrections.reviews()] == [
        (3, ReviewState.DONE),
        (2, ReviewState.OVERTAKEN),
    ]


async def test_a_review_of_another_process_is_left_to_it_until_it_has_died(world: World, mind: Mind) -> None:
    """It goes on where the other stopped."""
    await world.say(ASKED, "a")
    await world.say(ASKED, "b")
    taken = await world.rows.begin(2, NOW, LEASE)
    assert taken is not None
    world.publish(corrected(mind, 2))
    await world.corrections.look()
    left = await world.corrections.review(2)
    assert left is not None
    assert left.state is ReviewState.RUNNING
    import msgspec

    await world.rows.found(msgspec.structs.replace(taken, cursor=1, looked_at=1), (1,), (), NOW)
    world.now += LEASE
    told = await only(world)
    assert (told.people, told.lines) == (1, (2,))


async def test_the_first_edition_corrects_nobody(world: World) -> None:
    await world.say(ASKED)
    await world.corrections.look()
    assert await world.corrections.reviews() == ()


async def test_replies_on_ones_own_state_are_not_looked_at(world: World, mind: Mind) -> None:
    await world.say("我的审核通过了吗")
    world.publish(corrected(mind, 2))
    assert (await reviewed(world)).looked_at == 0


# --- messages -----------------------------------------------------------------------------------------------------------


async def offered(world: World, mind: Mind, *users: str) -> SqliteReminders:
    """A correction is offered to users of WeChat, the first of whom asked for messages."""
    for user in users:
        await world.say(ASKED, user, "wechat")
    world.publish(corrected(mind, 2))
    await reviewed(world)
    await world.corrections.offer(PUBLISHER, 2)
    subscribers = SqliteReminders(world.store.file)
    await subscribers.subscribe(
        Subscription(channel="wechat", user=users[0], events=EVERY_EVENT, since=NOW, swept_until=NOW)
    )
    return subscribers


async def test_word_is_sent_to_who_asked_for_messages_once(world: World, mind: Mind) -> None:
    """The correction itself is told with the next reply."""
    subscribers, phone = await offered(world, mind, "a", "b"), Phone()
    for _ in range(3):
        await world.corrections.send({"wechat": phone}, subscribers)
    ((user, reminder),) = phone.sent
    assert (user, reminder.kind) == ("a", "correction")
    assert reminder.values == {"day": "12月5日", "topic": mind.knowledge.topics["payment_window"].title}
    assert NEW_END in (await world.say("你好", "a", "wechat")).text
    assert "更正" not in (await world.say("你好", "a", "wechat")).text


async def test_who_was_told_in_a_reply_gets_no_word(world: World, mind: Mind) -> None:
    subscribers, phone = await offered(world, mind, "a"), Phone()
    assert "更正" in (await world.say("你好", "a", "wechat")).text
    assert await world.corrections.send({"wechat": phone}, subscribers) == 0
    assert phone.sent == []


async def test_a_channel_that_sends_nothing_is_not_tried(world: World, mind: Mind) -> None:
    subscribers = await offered(world, mind, "a")
    assert await world.corrections.send({"other": Phone()}, subscribers) == 0
    assert "更正" in (await world.say("你好", "a", "wechat")).text


@pytest.mark.parametrize(("is_in_doubt", "sent"), [(False, 1), (True, 0)])
async def test_what_failed_is_tried_later_unless_it_is_in_doubt(
    world: World, mind: Mind, is_in_doubt: bool, sent: int
) -> None:
    subscribers, phone = await offered(world, mind, "a"), Phone()
    phone.errors.append(NotifyError("no", is_in_doubt=is_in_doubt))
    await world.corrections.send({"wechat": phone}, subscribers)
    await world.corrections.send({"wechat": phone}, subscribers)
    assert phone.sent == []
    world.now += AGAIN
    await world.corrections.send({"wechat": phone}, subscribers)
    assert len(phone.sent) == sent
    assert "更正" in (await world.say("你好", "a", "wechat")).text


async def test_who_died_while_sending_sends_no_second_time(world: World, mind: Mind) -> None:
    """It may have been sent; the correction waits for the next reply all the same."""
    subscribers, phone = await offered(world, mind, "a"), Phone()
    who = world.journalling.who("wechat", "a")
    assert await world.rows.take(who, NOW, LEASE) is not None
    assert await world.rows.take(who, NOW, LEASE) is None
    world.now += LEASE
    await world.corrections.send({"wechat": phone}, subscribers)
    assert await world.rows.take(who, world.now, LEASE) is None
    assert phone.sent == []
    assert "更正" in (await world.say("你好", "a", "wechat")).text


async def test_another_process_notices_what_was_offered(world: World, mind: Mind) -> None:
    """By looking every few seconds."""
    other = Corrections(
        store=world.rows, journalling=world.journalling, mind=lambda: world.responder.mind, clock=lambda: world.now
    )
    await other.look()
    await offered(world, mind, "a")
    assert await other.waiting("wechat", "a") == ()
    await other.look()
    assert len(await other.waiting("wechat", "a")) == 1
