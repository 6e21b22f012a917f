"""Pages out of templates: what is data can't end its element, what is text can't become markup."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest

from kg.pages import address, anchor, data_block, digest, in_script, rendered, whole_period


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "&lt;", "a\u2028b\u2029c", "𝄞 é", "\x00\x1f", "]]>"])
def test_json_in_a_script_keeps_its_text_and_its_element(text: str) -> None:
    made = in_script({"text": [text]})
    assert json.loads(made) == {"text": [text]}
    assert not set("<>&\u2028\u2029") & set(made)


def test_the_same_values_are_the_same_text() -> None:
    assert in_script({"b": 1, "a": (1, None)}) == in_script({"a": [1, None], "b": 1}) == '{"a":[1,null],"b":1}'


def test_a_digest_is_what_a_policy_calls_a_script() -> None:
    assert digest("é") == f"'sha256-{base64.b64encode(hashlib.sha256('é'.encode()).digest()).decode()}'"


def test_anchors_and_addresses_are_harmless() -> None:
    assert anchor("agent:a b<\"'é") == "agent-a-b----"
    assert address("https://example.org/a") and address("http://example.org")
    assert not address("javascript:alert(1)") and not address(" https://example.org") and not address("")


def test_a_template_escapes_what_it_is_given() -> None:
    made = rendered(
        "explorer.html.j2", title="<b>", summary='"', blocks={}, script="", style="", without="", manifest="{}",
        policy="'none'", styles="'none'",
    )  # fmt: skip
    assert b"<title>&lt;b&gt;</title>" in made and b"<b>" not in made


def test_a_block_of_data_can_not_end_itself() -> None:
    made = str(data_block("application/ld+json", {"a": "</script><script>x"}))
    assert made.count("<script") == made.count("</script>") == 1
    assert json.loads(made.partition(">")[2].removesuffix("</script>")) == {"a": "</script><script>x"}


@pytest.mark.parametrize(
    ("text", "days"),
    [("2021", ("2021-01-01", "2021-12-31")), ("2021-02", ("2021-02-01", "2021-02-28")),
     ("2024-02", ("2024-02-01", "2024-02-29")), ("2021-13", ("", "")), ("2021-02-03", ("", "")), ("", ("", "")),
     ("0000-01", ("", "")), ("….", ("", ""))],
)  # fmt: skip
def test_a_year_and_a_month_are_whole_periods(text: str, days: tuple[str, str]) -> None:
    assert whole_period(text) == days
