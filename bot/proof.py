"""The binding form as it is sent to the status service: tidied, and refused where it cannot be right. Pure."""

import re
import unicodedata

from stdnum.cn.ric import calc_check_digit

from bot.binding import Form

NUMBER = re.compile(r"[A-Za-z0-9]{4,40}")
DOCUMENT = re.compile(r"[A-Z0-9()]{5,30}")
RESIDENT = re.compile(r"\d{17}[\dX]")  # identity cards, and residence permits of GB 11643
MOST_NAME = 60  # characters
DASHES = re.compile(r"[\s\-‐-―－_]+")
DOTS = re.compile(r"[·•‧∙・･．.]")


def tidied(form: Form) -> Form | None:
    """The form without spaces, dashes and full-width signs; None where it is incomplete or without consent."""
    registration_no = DASHES.sub("", unicodedata.normalize("NFKC", form.registration_no))
    id_number = DASHES.sub("", unicodedata.normalize("NFKC", form.id_number)).upper()
    name = DOTS.sub("·", " ".join(unicodedata.normalize("NFKC", form.name).split()))
    if not form.consent or not NUMBER.fullmatch(registration_no) or not DOCUMENT.fullmatch(id_number):
        return None
    if not 1 <= len(name) <= MOST_NAME or not name.isprintable() or not any(map(str.isalpha, name)):
        return None
    if re.search(r"[\u4e00-\u9fff]", name):
        name = name.replace(" ", "")
    return Form(registration_no=registration_no, id_number=id_number, name=name, consent=True)


def may_be_true(form: Form) -> bool:
    """Whether the document can exist: a resident's number has its check digit; others are for the service to know."""
    number = form.id_number
    return not RESIDENT.fullmatch(number) or calc_check_digit(number) == number[-1]
