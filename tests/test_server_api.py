"""The JSON API as functions: what each operation gives of the small project, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kg.server import openapi
from kg.server.api import CALLS
from kg.server.app import OPERATIONS
from kg.server.reply import PROBLEM, Refused, Reply, packed, problem, unpacked
from kg.site.shelf import Shelf


def call(shelf: Shelf, operation: str, name: str | None = None, **given: str | list[str]) -> dict[str, Any]:
    values = {key.rstrip("_"): [text] if isinstance(text, str) else text for key, text in given.items()}
    made = CALLS[operation](shelf, values, *([name] if name is not None else []))
    assert json.loads(json.dumps(made)) == made, "it can be written as JSON"
    return made


def refusal(shelf: Shelf, operation: str, name: str | None = None, **given: str | list[str]) -> Refused:
    with pytest.raises(Refused) as caught:
        call(shelf, operation, name, **given)
    return caught.value


def test_about_counts_what_there_is(shelf: Shelf) -> None:
    told = call(shelf, "about")
    assert told["version"] == "1.2.3"
    assert told["statements"] == len(call(shelf, "statements", limit="500")["items"]) == 12


def test_entities_are_listed_by_class_and_in_pages(shelf: Shelf) -> None:
    every = call(shelf, "entities", limit="500")
    assert every["total"] == len(every["items"]) > 10
    some = call(shelf, "entities", limit="3", offset="2")
    assert some["items"] == every["items"][2:5]
    assert some["total"] == every["total"]
    people = call(shelf, "entities", type="Person")["items"]
    assert [one["id"] for one in people] == ["agent:zoe-marsh"]
    assert people[0]["statements"] > 0


def test_a_thing_is_found_by_any_name(shelf: Shelf) -> None:
    made = call(shelf, "entity", "agent:zoe-marsh")
    assert call(shelf, "entity", "zoe marsh") == call(shelf, "entity", made["iri"]) == made
    assert {one["status"] for one in made["statements"]} <= {"asserted", "self-reported", "attributed"}
    assert all(one["evidence"] for one in made["statements"])


def test_a_statement_says_who_says_it_and_where(shelf: Shelf) -> None:
    made = call(shelf, "statement", "harbor-forum-003")
    assert made == call(shelf, "statement", "st:harbor-forum-003")
    assert made["contradicted"] is True
    assert made["conflicts"][0]["statement"] == "st:lantern-report-003"


def test_what_was_withdrawn_is_gone_with_its_reason(shelf: Shelf) -> None:
    for operation, name in (("statement", "harbor-forum-009"), ("entity", "st:harbor-forum-009")):
        refused = refusal(shelf, operation, name)
        assert refused.status == 410
        assert shelf.withdrawn["st:harbor-forum-009"] in refused.detail


def test_statements_are_filtered_as_on_the_command_line(shelf: Shelf) -> None:
    every = call(shelf, "statements")["items"]
    for name, key in (("status", "status"), ("modality", "modality"), ("reading", "reading")):
        for value in {one[key] for one in every}:
            kept = call(shelf, "statements", **{name: value})["items"]
            assert kept == [one for one in every if one[key] == value] != []
    plain = call(shelf, "statements", contradicted="false")["items"]
    assert plain == [one for one in every if not one["contradicted"]] != every
    about = call(shelf, "statements", about="Zoë Marsh")["items"]
    assert about == [one for one in every if "agent:zoe-marsh" in (one["subject"].get("id"), one["object"].get("id"))]
    both = call(shelf, "statements", status=["asserted", "self-reported"])["items"]
    assert both == [one for one in every if one["status"] != "attributed"]


def test_statements_are_filtered_by_time(shelf: Shelf) -> None:
    late = call(shelf, "statements", since="2031-01-01")["items"]
    early = call(shelf, "statements", until="2000-01-01")["items"]
    some = call(shelf, "statements", since="2030-01-01", until="2030-12-31")["items"]
    assert len(some) > max(len(late), len(early))


def test_search_finds_names_and_tells_how(shelf: Shelf) -> None:
    found = call(shelf, "search", q="zoe")
    assert found["items"][0]["id"] == "agent:zoe-marsh"
    assert found["items"][0]["match"] == "start"
    assert call(shelf, "search", q="")["total"] == 0
    assert {one["id"].partition(":")[0] for one in call(shelf, "search", q="harbor", kind="event")["items"]} == {
        "event"
    }


def test_search_keeps_to_kinds_and_classes(shelf: Shelf) -> None:
    def found(kind: str | list[str] = "", type: str | list[str] = "") -> set[str]:
        given = {name: value for name, value in (("kind", kind), ("type", type)) if value}
        return {item["type"] for item in call(shelf, "search", None, q="a", limit="100", **given)["items"]}

    everything = found()
    assert {"Person", "Organization"} <= everything and len(everything) > 3
    assert found(type="Person") == {"Person"}
    assert found(type=["Person", "Organization"]) == {"Person", "Organization"}
    assert found(kind="agent", type="Document") == {"Person", "Organization", "Document"} & everything
    assert "no thing is of class 'Persn'" in refusal(shelf, "search", q="a", type="Persn").detail


def test_questions_tell_what_one_can_set(shelf: Shelf) -> None:
    listed = call(shelf, "questions")
    assert listed["total"] == len(listed["items"]) > 30
    one = call(shelf, "question", "participants-of-an-event")
    assert one["parameters"][0]["name"] == "event"
    assert "SELECT" in one["sparql"]


def test_an_answer_has_records(shelf: Shelf) -> None:
    made = call(shelf, "answer", "participants-of-an-event", event="Harbor Forum 2030")
    assert made["asked"] == {"event": ["Harbor Forum 2030"]}
    assert made["defaults"] == {}
    assert [set(row) for row in made["rows"]] == [set(made["columns"])] * len(made["rows"])
    assert made["rows"]


def test_an_empty_field_of_a_form_is_none(shelf: Shelf) -> None:
    refused = refusal(shelf, "answer", "participants-of-an-event", event="")
    assert refused.detail.startswith("give a value for event")  # the default is not in this graph
    assert refused.status == 400


def test_paths_carry_their_receipts(shelf: Shelf) -> None:
    made = call(shelf, "paths", from_="agent:iqm", to="Zoë Marsh")
    assert made["from"]["id"] == "agent:iqm"
    first = made["routes"][0]
    assert first["rests"].startswith("It rests on")
    assert all(step["statement"]["evidence"] for step in first["steps"])
    assert first["steps"][0]["from"]["id"] == "agent:iqm"
    assert first["steps"][-1]["to"]["id"] == "agent:zoe-marsh"


@pytest.mark.parametrize(
    ("operation", "name", "given", "status", "said"),
    [
        ("about", None, {"x": "1"}, 400, "there is no parameter 'x'"),
        ("entities", None, {"type": "Persn"}, 400, "no thing is of class 'Persn'"),
        ("entities", None, {"limit": "0"}, 400, "write a whole number from 1 to 500"),
        ("entities", None, {"limit": "501"}, 400, "write a whole number from 1 to 500"),
        ("entities", None, {"limit": "٣"}, 400, "write a whole number"),
        ("entities", None, {"offset": "-1"}, 400, "write a whole number"),
        ("entity", "Zoe Marsch", {}, 404, "did you mean agent:zoe-marsh"),
        ("statement", "nothing-001", {}, 404, "there is no statement"),
        ("statements", None, {"status": "true"}, 400, "it takes asserted or self-reported or attributed"),
        ("statements", None, {"since": "yesterday"}, 400, "write a day like"),
        ("statements", None, {"role": "Hosst"}, 400, "it takes one of"),
        ("statements", None, {"relation": "hosts"}, 404, "there is no relation"),
        ("statements", None, {"statuss": "asserted"}, 400, "there is no parameter 'statuss'"),
        ("search", None, {"q": "x" * 201}, 400, "more than 200 letters"),
        ("search", None, {"kind": "person"}, 400, "kind is 'person'"),
        ("question", "participants-of-an-evnt", {}, 404, "did you mean participants-of-an-event"),
        ("answer", "participants-of-an-event", {"evnt": "x"}, 400, "has no parameter 'evnt'"),
        ("answer", "participants-of-an-event", {"event": "nothing"}, 404, "nothing in the graph is called"),
        ("paths", None, {"to": "agent:iqm"}, 400, "from is empty"),
        ("paths", None, {"from": "agent:iqm", "to": "agent:iqm"}, 400, "are the same thing"),
        ("paths", None, {"from": "agent:iqm", "to": "agent:zoe-marsh", "by": "luck"}, 400, "shortest or evidenced"),
        ("paths", None, {"from": "agent:iqm", "to": "agent:zoe-marsh", "routes": "21"}, 400, "from 1 to 20"),
    ],
)
def test_what_is_wrong_is_said(
    shelf: Shelf, operation: str, name: str | None, given: dict[str, str], status: int, said: str
) -> None:
    refused = refusal(shelf, operation, name, **given)
    assert refused.status == status
    assert said in refused.detail
    assert "kg " not in refused.detail, "who asks a server types no commands"


def test_every_operation_is_described_and_answered() -> None:
    assert set(OPERATIONS.values()) == set(CALLS)
    told = openapi.description("http://127.0.0.1/", OPERATIONS)
    assert told["servers"] == [{"url": "http://127.0.0.1"}]
    asked = {path for path in told["paths"] if path.endswith("/answer")}
    assert set(told["paths"]) - asked == set(OPERATIONS) - {"/api/questions/{name}/answer"}
    names = {one["operationId"] for path in told["paths"].values() for one in path.values()}
    assert len(names) == len(told["paths"])


def test_a_reply_survives_the_pipe() -> None:
    reply = Reply(200, "text/csv", b"a,b\r\n1,2\n\n", {"Vary": "Accept"})
    assert unpacked(packed(reply)) == reply
    refused = problem(Refused(422, "too much “of it”", {"Retry-After": "5"}, line=3))
    assert unpacked(packed(refused)) == refused
    assert refused.media == PROBLEM
    assert json.loads(refused.body) == {
        "title": "Beyond a limit", "status": 422, "detail": "too much “of it”", "line": 3
    }  # fmt: skip
