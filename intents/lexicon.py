"""The vocabularies that understanding is given: synonyms, fillers, slot words, and the words around a place."""

from collections.abc import Mapping
from typing import Any

import msgspec


class Concept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that mean the same in a question; each is matched as the first of them."""

    words: tuple[str, ...]


class SlotWord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that fill slots: 主管护师 → level 中级."""

    words: tuple[str, ...]
    exam: str = ""
    level: str = ""
    mode: str = ""
    paper: str = ""
    subject: str = ""
    other_exam: str = ""
    """The name of an exam that is not covered."""
    site: str = ""
    region: str = ""
    """A region that the words imply."""
    decides: bool = False
    """Whether the level's exam stands against another exam word: 副高 of 生殖健康教育技术 is sat in the senior exam."""
    is_title: bool = False
    """Whether the words are people's titles, which say less of the exam than a level by name."""
    keep: bool = False
    """Whether the words stay in the text that chooses the topic."""


class Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How reviewers write a reason for rejection, and the topic that explains it."""

    words: tuple[str, ...]
    topic: str


class Keyword(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that, typed alone, may mean several topics."""

    words: tuple[str, ...]
    topics: tuple[str, ...]
    """In the order in which they are offered."""


class Lexicon(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All vocabularies; patterns are regular expressions over normalised text."""

    dialect: tuple[tuple[str, str], ...]
    """Patterns of dialect and what they are in standard Chinese, in the order in which they are put right."""
    fillers: tuple[str, ...]
    concept: tuple[Concept, ...]
    slot: tuple[SlotWord, ...]
    not_place_before: tuple[str, ...]
    """What stands before a place that is not the exam place: 户口在, 毕业于, 之前在."""
    not_place_after: tuple[str, ...]
    """What stands after one: 户口, 的同学, 毕业."""
    denied_before: tuple[str, ...]
    """What stands before a place that is ruled out: 不是, 不在."""
    place_after: tuple[str, ...]
    """What follows the exam place in spite of the above: 外地户口在上海报名."""
    place_before: tuple[str, ...]
    """What marks the exam place in spite of the above: 在…考."""
    others: tuple[str, ...]
    """Words for other people, whose level is not the asker's."""
    proxies: tuple[str, ...]
    """Words for somebody who acts in the asker's place: 代, 替."""
    other_exam: tuple[tuple[str, str], ...]
    """Patterns of a question about an exam that is not covered, named by what it gives (执业医师……报名), and its name."""
    theirs: tuple[str, ...]
    """Patterns of a question about another person, for whom OTHERS stands: 她那边, 我妹呢."""
    plain_levels: tuple[str, ...]
    """Names of levels, as against titles: a conversation about an exam that has the level stays with that exam."""
    not_sought: tuple[str, ...]
    """What stands before a level that is not sought: 不报."""
    aspires: tuple[str, ...]
    """Words before the level that is sought: 报, 考, 升."""
    holds: tuple[str, ...]
    """Words before the level that is already held: 是, 取得."""
    holds_after: tuple[str, ...]
    """Patterns after such a level: 满五年了."""
    own_state: tuple[str, ...]
    """Patterns of a question about one's own registration."""
    general: tuple[str, ...]
    """Patterns that make it a general question after all: 怎么查, 在哪, 几号."""
    ellipsis: tuple[str, ...]
    """Patterns of a follow-up that leaves out what was said: 那……呢."""
    elsewhere: tuple[str, ...]
    """Patterns of a clause that asks the last question of another place (·) or person (OTHERS): 那·呢."""
    corrections: tuple[str, ...]
    """Patterns at the start of a message that takes back what was said: 搞错了."""
    scope_words: tuple[str, ...]
    """What may stand beside a place or a level in an answer to 您在哪个地区 without making it a question."""
    function_words: tuple[str, ...]
    """Words that say nothing by themselves: with aspects alone they make a follow-up."""
    aspects: tuple[str, ...]
    """Concepts that say what is asked of a thing (when, where, how much), and not of which thing."""
    telling_aspects: tuple[str, ...]
    """Those that name their object too: 多少钱 is about fees, whatever was spoken of before."""
    stages: Mapping[str, str]
    """Stage → what is asked about where only a day of it is asked for; none for a stage of many days."""
    day_aspects: tuple[str, ...]
    """Those that ask for a day."""
    phone_aspects: tuple[str, ...]
    """Those that ask for a phone number."""
    clear_aspects: tuple[str, ...]
    """Those that say plainly what is asked: when, where, how much, who."""
    keyword: tuple["Keyword", ...]
    reason: tuple["Reason", ...]
    history: tuple[str, ...]
    """Patterns that say that the asker took the exam the year before."""
    moved: tuple[str, ...]
    """Patterns that say that the asker has changed the examination region since."""
    licence_before: tuple[str, ...]
    """What stands before a specialty that is only a licence's range."""
    licence_after: tuple[str, ...]
    """What stands after one: patterns."""
    specialty_prefixes: tuple[str, ...]
    """What a follow-up leaves out of a specialty's name, the longest first: 中西医结合内科, then 妇科呢."""
    specialty_suffixes: tuple[str, ...]
    """What people leave off the end of a specialty's name, one after the other."""
    unlisted: tuple[str, ...]
    """Specialties that are asked for and that no list has."""
    starters: tuple[str, ...]
    """Topics that are offered where only a place was said."""
    joins: tuple[str, ...]
    """Words between things that are asked about each: 和, 跟, 还是."""
    by_code: tuple[str, ...]
    """Words for the code of a specialty: numbers of three digits beside them are codes."""
    remaining: tuple[str, ...]
    """Words before the number of subjects that are still to be taken: 还剩, 其余."""
    not_exam_year: tuple[str, ...]
    """What follows a year that is not the exam's: 毕业, 取得."""
    doctors: str
    """Pattern of words for doctors; specialties with a licence category are theirs."""
    western: str
    """Pattern of words for Western medicine, as against Chinese."""
    technicians: str
    """Pattern of words for technicians; specialties named 技术 are theirs."""
    asks: tuple[str, ...]
    """Patterns that mark a clause as a question or a request."""
    connectives: tuple[str, ...]
    """Patterns that begin another question: 另外, 顺便问下."""
    interrogatives: tuple[str, ...]
    """Patterns of what asks by itself, as against words of a request: 几, not 想问."""
    openers: tuple[str, ...]
    """Patterns that begin another question where one was asked before in the same clause: 要不要."""
    counters: tuple[str, ...]
    """Counting words for subjects, with their usual misspellings."""
    people: str
    """Pattern of a number of people, the number as its first group: 6个人."""
    numbers: Mapping[str, int]
    years_ahead: Mapping[str, int]
    """Patterns for another year's exam → how many years ahead of today it is; less than 0 for a past one."""
    not_day_before: tuple[str, ...]
    """What stands before a day that belongs to something else: 预产期."""
    not_day_after: tuple[str, ...]
    """Patterns after such a day: 毕业, 入职; and after one that only begins or ends a time: 之前, 以后."""
    window_words: Mapping[str, str]
    """Window → pattern of the words by which a question speaks of it: a day is held against no other window."""
    window_topics: Mapping[str, str]
    """Window → the topic that tells it."""
    nurses: str
    """Pattern of words for nurses; specialties of the category 护理 are theirs."""
    exam_year_after: tuple[str, ...]
    """What follows a year that is the exam's: 年度, 报名, 考试."""
    past_year_after: tuple[str, ...]
    """What follows a past year that is asked about, and not told."""


def lexicon(data: Mapping[str, Any]) -> Lexicon:
    """The typed vocabularies; msgspec.ValidationError names what is wrong."""
    return msgspec.convert(data, Lexicon)
