"""The file of templates: what it may say, and what is wrong with it in one sentence."""

import pytest

from adapters.wechat.notify import Way
from adapters.wechat.templates import TemplatesError, read

RIGHT = """
way = "subscription"
[deadline]
id = "tpl"
fields = {stage = "thing1", left = "thing3"}
"""


def test_templates_are_read_by_kind(tmp_path):
    """A kind that is left out is not sent."""
    (tmp_path / "t.toml").write_text(RIGHT)
    way, templates = read(tmp_path / "t.toml")
    assert way is Way.SUBSCRIPTION
    assert {kind: each.id for kind, each in templates.items()} == {"deadline": "tpl"}


def test_a_correction_has_values_of_its_own(tmp_path):
    (tmp_path / "t.toml").write_text(RIGHT + '[correction]\nid = "c"\nfields = {topic = "thing1", day = "date2"}\n')
    assert set(read(tmp_path / "t.toml")[1]) == {"deadline", "correction"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(
            '[correction]\nid = "c"\nfields = {left = "thing1"}', "no reminder knows 'left'; use day, topic", id="other"
        ),
        pytest.param(RIGHT.replace("subscription", "post"), "write template or subscription", id="way"),
        pytest.param(RIGHT.replace("left", "name"), "no reminder knows 'name'", id="field"),
        pytest.param(RIGHT.replace("[deadline]", "[deadlines]"), "deadlines", id="kind"),
        pytest.param(RIGHT.replace("fields", "field"), "docs/wechat.md", id="no fields"),
        pytest.param("way =", "docs/wechat.md", id="no TOML"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, text, says):
    (tmp_path / "t.toml").write_text(text)
    with pytest.raises(TemplatesError, match=says):
        read(tmp_path / "t.toml")


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(TemplatesError, match="No such file"):
        read(tmp_path / "t.toml")
