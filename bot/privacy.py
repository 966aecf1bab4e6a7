"""Masks personal numbers before anything is stored, logged or echoed; and, in what is stored, more. Knows no people.

`mask` is what understanding sees: it takes nothing that a question could need. `redact` is for texts that are kept (gaps,
comments): there a name too many that is gone costs nobody an answer.
"""

import re

_WIDE = str.maketrans("０１２３４５６７８９－　Ｘｘ", "0123456789- Xx")
_NUMBER = re.compile(
    r"(?<!\d)(?:\+?86[- ]?)?(?:"
    r"[1-9]\d{9,}[Xx]?"  # identity cards, mobiles, registration numbers; office phones begin with 0
    r"|[1-9]\d{2,}(?:[- ]\d{3,7})+[Xx]?"  # the same in groups
    r"|[1-9](?: \d){9,}"  # digit by digit
    r")(?!\d)"
)
_DAYS = re.compile(r"20\d{6}[- ]20\d{6}")  # 20231201-20231214 is a window
_PUBLIC = re.compile(r"[48]00[- ]\d{3}[- ]\d{4}|[1-9]\d\d(?:[- ]\d{3}){3,4}")  # service numbers; codes of specialties
LEAST_DIGITS = 10  # of a personal number
_MASK = "＊" * 6
_STAND_IN = "10000000000"  # nobody's number


def mask(text: str) -> str:
    """The text with identity-card, mobile and registration numbers replaced; office phones, days and codes stay."""
    result, end = [], 0
    for found in _NUMBER.finditer(text.translate(_WIDE)):
        is_short = sum(map(str.isdigit, found[0])) < LEAST_DIGITS
        if is_short or _DAYS.fullmatch(found[0]) or _PUBLIC.fullmatch(found[0]):
            continue
        result += [text[end : found.start()], _MASK]
        end = found.end()
    return "".join([*result, text[end:]])


_SURNAMES = (  # the hundred commonest; 考: 考生甲, as fictional candidates are called
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付"
    "白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤高方傅考"
)
_NAME = rf"(?:欧阳|上官|司马|诸葛|皇甫|尉迟|公孙|慕容|令狐|端木|东方|夏侯|[{_SURNAMES}])[\u4e00-\u9fff·]"
_CALLED = re.compile(
    rf"((?:我叫|叫做|名叫|姓名|名字)[是为叫:：\s]*)({_NAME}{{1,3}}?)(?=[^\u4e00-\u9fff·]|$|[的是在想要报考查问请已今现身证手电网])"
)
_BEING = re.compile(  # 叫 as a clause begins with it: 手机……，叫张三，缴费怎么弄
    rf"(我是|本人是?|(?<![\u4e00-\u9fff])叫)({_NAME}{{1,2}}?)(?=[^\u4e00-\u9fff·]|$|(?<=本人..)的|(?<=本人...)的)"
)
_NOT_NAMES = re.compile(r"[人的护医师士生省市县区院校级员科]$")  # 我是安徽人, 我是高护
_DOCUMENT = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,2}\d{7,10}(?![A-Za-z0-9])")  # passports, travel permits
_CUED = re.compile(
    r"((?:网报号码?|报名号码?|报名序号|准考证号码?|考生编?号|档案号|证件号码?|身份证号?码?|护照号?码?|通行证号?码?|微信号|QQ号?码?"
    r"|openid|后[四六46]位|密码|口令|token)[是为:：=\s]{0,3})[A-Za-z0-9_-]{4,}",
    re.I,
)
_TOKEN = re.compile(r"(?<![\w-])(?:[\w-]{40,}|o[\w-]{27})(?![\w-])", re.ASCII)  # one-time tokens, openids of WeChat
_EMAIL = re.compile(r"(?<![\w.%+-])[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.ASCII)
_SPOKEN = re.compile(r"(?:[〇零一二三四五六七八九幺][-\s]?){10,}[〇零一二三四五六七八九幺]")
_S = r"[-\s.·–—‐‑_]?"  # what is put between digits, so that they are easier to read
_APART = re.compile(  # a mobile number or an identity card in any groups: 138.0013.8000, 138 00 13 80 00
    rf"(?<!\d)(?:(?:\+?86{_S})?1{_S}[3-9](?:{_S}\d){{9}}"
    rf"|[1-9](?:{_S}\d){{5}}{_S}(?:1{_S}[89]|2{_S}0)(?:{_S}\d){{9}}{_S}[\dXx])(?!\d)"
)
_LONG = re.compile(r"(?<!\d)0\d{12,}(?!\d)")  # longer than an office phone


def redact(text: str) -> str:
    """The text as it may be kept: without personal numbers, documents, passwords, one-time tokens and names that are given."""
    plain = text.translate(_WIDE)
    for pattern in (_TOKEN, _EMAIL, _DOCUMENT, _APART, _SPOKEN, _LONG):
        plain = pattern.sub(_MASK, plain)
    plain = _CUED.sub(rf"\1{_MASK}", mask(plain))
    for pattern in (_CALLED, _BEING):
        plain = pattern.sub(lambda found: found[0] if _NOT_NAMES.search(found[2]) else found[1] + _MASK, plain)
    return plain


def kept(text: str) -> tuple[str, bool]:
    """The text as it may be kept, and whether `restored` makes of it what understanding saw."""
    found, plain = redact(text), text.translate(_WIDE)
    return found, _MASK not in plain and (found == plain or mask(restored(found)) == mask(plain))


def restored(kept_text: str) -> str:
    """A kept text with a number that is nobody's wherever one was masked: it is understood as it was."""
    return kept_text.replace(_MASK, _STAND_IN)


def has_number(text: str) -> bool:
    """Whether a personal number stands in the text."""
    return mask(text) != text
