"""The documents hold: their links lead somewhere, their words are the code's, and nothing of a machine is in them."""

import re
import subprocess
from pathlib import Path

import pytest

from bot.settings import TABLE

PROJECT = Path(__file__).parents[1]
FOLDERS = ("knowledge", "intents", "bot", "adapters")
DOCUMENTS = sorted(
    [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")], key=lambda path: path.relative_to(PROJECT).as_posix()
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
MACHINE_PATH = re.compile(
    r"(?<![\w.])/(?:home|root|Users|work|tmp|mnt|opt/\w+|private|var/folders)/[\w.-]+|[A-Z]:\\\\Users"
)
REGISTRY = re.compile(  # what a lock or script would be bound to; written so that this file does not name one
    r"\b(?:" + "|".join(name.replace("*", r"[\w-]+") for name in (
        r"pypi\.(?:org|io|python)", r"files\.pythonhosted", r"registry\.npmjs", r"mirrors?\.*\.(?:com|cn|edu)",
        r"pypi\.*\.(?:cn|edu|com|net|org)", r"artifactory", r"*\.jfrog\.io", r"nexus\.*\.",
    )) + r")"
)  # fmt: skip
GLOSSARY = re.compile(r"^\| (?P<words>[^|]+) \| [^|]* \| [^|]* \| (?P<modules>[^|]+) \|$", re.MULTILINE)


def _name(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def _tracked() -> list[Path]:
    """The files of the repository; without git, what lies in the folders and beside them."""
    try:
        done = subprocess.run(  # git itself
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607  # from the PATH
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
        )
        names = done.stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        inside = (path for folder in (*FOLDERS, "docs", "tests") for path in (PROJECT / folder).rglob("*"))
        names = [_name(path) for path in (*PROJECT.glob("*"), *inside) if "__pycache__" not in path.parts]
    return [PROJECT / name for name in names if name and (PROJECT / name).is_file()]


def _text(path: Path) -> str:
    """The text of a file; of a picture or the like nothing."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def _prose(path: Path) -> str:
    """A document without its code blocks."""
    return re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)


def _headings(path: Path) -> list[str]:
    return re.findall(r"^#{1,6} .+$", _prose(path), re.MULTILINE)


def _anchors(path: Path) -> set[str]:
    """The fragments that a document's headings give, as code hosts make them."""
    plain = (re.sub(r"[^\w\s-]", "", heading.lstrip("# ").lower()) for heading in _headings(path))
    return {re.sub(r"\s", "-", each.strip()) for each in plain}


def _sources() -> str:
    return "\n".join(path.read_text("utf-8") for folder in FOLDERS for path in (PROJECT / folder).rglob("*.py"))


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_readme_shows_the_two_commands_first(name):
    """A newcomer needs one command to run it and one to test it: they stand in the first block."""
    block = re.search(r"```sh\n(.*?)```", (PROJECT / name).read_text("utf-8"), re.DOTALL)
    assert block
    assert [line.split("#")[0].strip() for line in block[1].splitlines()] == ["make run", "make test"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_commands_exist(document):
    """Every `make …` that a document shows is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE))
    text = document.read_text("utf-8")
    shown = "\n".join([*re.findall(r"```sh\n(.*?)```", text, re.DOTALL), *re.findall(r"`([^`\n]+)`", text)])
    assert set(re.findall(r"\bmake ([a-z]+)", shown)) - targets == set()


def test_kaoda_commands_exist():
    """Every `kaoda …` that a document shows is a command of the command line."""
    cli = (PROJECT / "bot" / "cli.py").read_text("utf-8")
    cli += "".join(path.read_text("utf-8") for path in sorted((PROJECT / "bot").glob("*_commands.py")))
    commands = set(re.findall(r"@cli\.command\(\)\ndef (\w+)", cli))
    commands |= set(re.findall(r'\bcli\.add_typer\(\w+, name="([\w-]+)"\)', cli))
    commands |= set(re.findall(r'\bcli\.command\("([\w-]+)"\)', cli))
    assert "serve" in commands
    text = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)
    shown = set(
        re.findall(r"(?:^|[`/ ])kaoda ([a-z-]+)", "\n".join(re.findall(r"`[^`\n]+`|```sh.*?```", text, re.DOTALL)))
    )
    assert shown
    assert shown - commands == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_relative_links_lead_somewhere(document):
    """To a file, and with a fragment to a heading in it."""
    broken = []
    for link in LINK.findall(_prose(document)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, fragment = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (fragment and target.suffix == ".md" and fragment not in _anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_files_that_are_named_exist(document):
    """`bot/dialogue.py` in a document is a file."""
    named = re.findall(
        r"`((?:bot|intents|knowledge|adapters|tests|docs)/[\w./-]+\.(?:py|toml|md|yaml|txt))`", _prose(document)
    )
    assert [each for each in named if not (PROJECT / each).is_file() and "cases/" not in each] == []


def test_glossary_words_are_the_code_s():
    """A word of the glossary stands in the module that the glossary names for it."""
    rows = [
        row for row in GLOSSARY.finditer((PROJECT / "docs/glossary.md").read_text("utf-8")) if "`" in row["modules"]
    ]
    assert len(rows) > 50
    missing = []
    for row in rows:
        modules = re.findall(r"`([^`]+)`", row["modules"])
        code = "".join(_text(PROJECT / module).lower() for module in modules)
        missing += [(word, modules) for word in row["words"].split(", ") if word.lower() not in code]
    assert missing == []


def test_classes_of_the_middle_are_in_the_glossary_or_in_one_module():
    """A value that several modules share has its word chosen in the glossary."""
    glossary = (PROJECT / "docs/glossary.md").read_text("utf-8").lower()
    sources = {path: path.read_text("utf-8") for folder in FOLDERS[:2] for path in (PROJECT / folder).glob("*.py")}
    unknown = []
    for path, text in sources.items():
        for name in re.findall(r"^class ([A-Z]\w+)", text, re.MULTILINE):
            users = [other for other, code in sources.items() if other != path and re.search(rf"\b{name}\b", code)]
            if len(users) > 4 and name.lower() not in glossary:
                unknown.append(name)
    assert unknown == []


def test_settings_are_documented():
    """Name, default and help of every setting, word for word."""
    text = (PROJECT / "docs/settings.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(KAODA_\w+)` \| (.*) \|$", text, re.MULTILINE))
    assert list(rows) == [each.name for each in TABLE]
    for each in TABLE:
        default = f"`{each.default}`" if each.default else ""
        assert rows[each.name] == f"{default} | {each.help}", each.name


def test_example_environment_holds_only_settings():
    """A variable that nothing reads would be a promise."""
    names = set(re.findall(r"^#?\s*(KAODA_\w+)=", _text(PROJECT / ".env.example"), re.MULTILINE))
    assert names
    assert names <= {each.name for each in TABLE}


def test_both_readmes_have_the_same_headings():
    """The Chinese README says what the English one says: as many headings, of the same levels."""
    levels = [
        [len(heading.split(" ")[0]) for heading in _headings(PROJECT / name)]
        for name in ("README.md", "README.zh-CN.md")
    ]
    assert levels[0] == levels[1]


def test_both_readmes_show_the_same_commands():
    """And the same blocks of code."""
    blocks = [
        [
            [line.split("  #")[0].rstrip() for line in block.splitlines()]
            for block in re.findall(r"```sh\n(.*?)```", (PROJECT / name).read_text("utf-8"), re.DOTALL)
        ]
        for name in ("README.md", "README.zh-CN.md")
    ]
    assert blocks[0] == blocks[1]


@pytest.mark.parametrize(
    ("pattern", "what"),
    [pytest.param(MACHINE_PATH, "a path", id="paths"), pytest.param(REGISTRY, "a registry", id="registry hosts")],
)
def test_nothing_of_a_machine_is_tracked(pattern, what):
    """A clone works anywhere: no path of a machine, no address of a registry or mirror."""
    found = [
        f"{_name(path)}: {match[0]}"
        for path in _tracked()
        if path != Path(__file__)
        for match in pattern.finditer(_text(path))
        if not match[0].startswith("/tmp/")  # noqa: S108  # a place that every machine has
    ]
    assert found == [], what


@pytest.mark.parametrize(
    ("pattern", "text", "is_found"),
    [
        pytest.param(MACHINE_PATH, "cd /" + "home/li/kaoda", True, id="a home"),
        pytest.param(MACHINE_PATH, "cd /" + "work/main", True, id="a workspace"),
        pytest.param(MACHINE_PATH, "GET /notices/leshan-2024", False, id="a page"),
        pytest.param(MACHINE_PATH, "docs/work/main", False, id="a relative path"),
        pytest.param(REGISTRY, "https://pypi" + ".org/simple", True, id="the index"),
        pytest.param(REGISTRY, "https://mirrors" + ".aliyun.com/x", True, id="a mirror"),
        pytest.param(REGISTRY, "www.21wecan.com", False, id="the exam's own site"),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern, text, is_found):
    """A pattern that finds nothing would pass everything."""
    assert bool(pattern.search(text)) is is_found


def test_pictures_of_documents_are_pictures():
    """A picture that is named is there, and is a PNG of a sensible size."""
    pictures = {path.parent / link for path in DOCUMENTS for link in LINK.findall(_text(path)) if link.endswith(".png")}
    assert pictures
    for picture in pictures:
        data = picture.read_bytes()
        assert data.startswith(b"\x89PNG\r\n"), picture
        assert 3_000 < len(data) < 1_000_000, picture
