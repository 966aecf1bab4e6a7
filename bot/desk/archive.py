"""The content folder as a zip and back. Pure.

The files are byte for byte what stands in the content. Beside them `kaoda.json` says what each entry was when the zip was made,
so that an import knows what was touched since; a zip without it (of a folder that somebody keeps) is compared as it stands.
"""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import msgspec

from bot.desk.sheets import mark_of
from bot.desk.uploaded import UnreadableError
from knowledge import entries
from knowledge.content import ContentError, load_texts
from knowledge.entries import WHOLE, Edit, Entry, may_hold

MANIFEST = "kaoda.json"
MOST_UNPACKED = 100 * 2**20  # bytes
MOST_FILES = 2000
STAMP = (2024, 1, 1, 0, 0, 0)  # of every file: the same content is the same zip


class TextFault(Exception):  # noqa: N818  # what does not fit is a finding, not an error of ours
    """A file of a zip that does not fit. `why` is a word of `misfits`."""

    def __init__(self, file: str, why: str, what: str = "", where: str = "") -> None:
        """`where` is the entry."""
        super().__init__(why)
        self.file, self.why, self.what, self.where = file, why, what, where


def write(texts: Mapping[str, str]) -> bytes:
    """All files, and the manifest."""
    marks = {key: mark_of([entry.text]) for key, entry in entries.index(texts).items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, text in texts.items():
            archive.writestr(_info(file), text.encode())
        archive.writestr(_info(MANIFEST), msgspec.json.format(msgspec.json.encode({"entries": marks})))
    return buffer.getvalue()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def read(body: bytes) -> tuple[dict[str, str], dict[str, str] | None]:
    """File → text, and key → mark of the manifest (None where it has none). Raises UnreadableError and TextFault."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return _unpacked(archive)
    except (
        zipfile.BadZipFile,
        ValueError,
        NotImplementedError,  # how zipfile refuses an unknown compression
        RuntimeError,
        EOFError,
    ) as error:
        raise UnreadableError("broken") from error


def _unpacked(archive: zipfile.ZipFile) -> tuple[dict[str, str], dict[str, str] | None]:
    infos = [each for each in archive.infolist() if not each.is_dir()]
    if len(infos) > MOST_FILES or sum(each.file_size for each in infos) > MOST_UNPACKED:
        raise UnreadableError("too_big", str(MOST_UNPACKED // 2**20))
    top = next((each.filename.removesuffix("exams.toml") for each in infos if each.filename.endswith("exams.toml")), "")
    texts: dict[str, str] = {}
    marks: dict[str, str] | None = None
    for info in infos:
        name = info.filename.removeprefix(top)
        if name == MANIFEST:
            marks = _marks(archive.read(info))
        elif _is_content(name):
            try:
                texts[name] = archive.read(info).decode()
            except UnicodeDecodeError as error:
                raise TextFault(name, "broken") from error
    if not texts:
        raise UnreadableError("no_content")
    return dict(sorted(texts.items())), marks


def _is_content(name: str) -> bool:
    return may_hold(name) or name in WHOLE


def _marks(body: bytes) -> dict[str, str] | None:
    try:
        found: Any = msgspec.json.decode(body, type=dict[str, dict[str, str]])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    marks: dict[str, str] | None = found.get("entries")
    return marks


def edits(texts: Mapping[str, str], marks: Mapping[str, str] | None, stands: Mapping[str, Entry]) -> list[Edit]:
    """What a zip changes, entry by entry. Raises TextFault where it cannot be read, or somebody else changed an entry since.

    What a file of the zip lacks is to be deleted; files that the zip lacks stay as they are.
    """
    try:
        wanted = {each.key: each for each in entries.index(texts).values()}
        if "exams.toml" in texts and len(texts) > 1:
            load_texts({**_files(stands), **texts})
    except ContentError as error:
        file, entry, problem = str(error).partition("\n")[0].split(": ", 2)
        raise TextFault(file, "toml", problem, entry) from error
    return _differing(texts, marks, stands, wanted)


def _differing(
    texts: Mapping[str, str],
    marks: Mapping[str, str] | None,
    stands: Mapping[str, Entry],
    wanted: Mapping[str, Entry],
) -> list[Edit]:
    found: list[Edit] = []
    for key in dict.fromkeys((*stands, *wanted)):
        entry, now = wanted.get(key), stands.get(key)
        text, stood = entry.text if entry else "", now.text if now else ""
        either = entry or now
        file, topic = (either.file, either.topic) if either else ("", "")
        if text == stood or file not in texts:
            continue
        mark = marks.get(key, mark_of([""])) if marks is not None else mark_of([stood])
        if mark == mark_of([text]):
            continue
        if mark != mark_of([stood]):
            raise TextFault(file, "meanwhile", where=key)
        found.append(Edit(key=key, file=file, text=text, topic=topic))
    return found


def _files(stands: Mapping[str, Entry]) -> dict[str, str]:
    """What stands, as files, so that a zip of some files can be read with the others."""
    texts: dict[str, str] = {}
    for entry in stands.values():
        texts[entry.file] = texts.get(entry.file, "") + entry.text
    return texts
