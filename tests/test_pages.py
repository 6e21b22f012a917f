"""Pages out of templates: what is data can't end its element, what is text can't become markup."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest

from kg.pages import address, anchor, digest, in_script, rendered


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
