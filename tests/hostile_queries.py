"""Queries that want to end, fill or hold up a server: named, made by families, with their answer where it is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["HOSTILE", "Hostile", "product"]


class Hostile(NamedTuple):
    """A query as it is sent; `answer` is its only cell (or its truth value), if it is answered at all."""

    name: str
    sent: bytes
    answer: str = ""


def product(count: int) -> str:
    """Patterns that share no variable: everything with everything."""
    return " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(count))


_DEPTHS = (100, 1_000, 10_000, 100_000)
_NESTED = {
    "groups": ("SELECT * {", "{", "", "}", "}"),
    "subselects": ("SELECT * {", "{SELECT*{", "", "}}", "}"),
    "optionals": ("SELECT * {", "OPTIONAL{", "", "}", "}"),
    "unions": ("SELECT * {", "{}UNION{", "", "}", "}"),
    "minuses": ("SELECT * {", "?s ?p ?o MINUS{", "", "}", "}"),
    "absent": ("SELECT * {", "FILTER NOT EXISTS{", "", "}", "}"),
    "present": ("SELECT * {", "FILTER EXISTS{", "", "}", "}"),
    "graphs": ("SELECT * {", "GRAPH ?g{", "", "}", "}"),
    "laterals": ("SELECT * {", "LATERAL{", "", "}", "}"),
    "round": ("SELECT * { FILTER", "(", "1", ")", "}"),
    "functions": ("SELECT (", "ABS(", "1", ")", " AS ?x) {}"),
    "choices": ("SELECT (", "IF(true,1,", "1", ")", " AS ?x) {}"),
    "coalesced": ("SELECT (", "COALESCE(1,", "1", ")", " AS ?x) {}"),
    "members": ("SELECT (", "1 IN(", "1", ")", " AS ?x) {}"),
    "not": ("SELECT (", "!", "true", "", " AS ?x) {}"),
    "minus": ("SELECT (", "- ", "1", "", " AS ?x) {}"),
    "not in lines": ("SELECT (", "!#\n", "true", "", " AS ?x) {}"),
    "paths": ("SELECT * { ?s ", "(", "<x:p>", ")", " ?o }"),
    "closures": ("SELECT * { ?s ", "(", "<x:p>", ")*", " ?o }"),
    "pluses": ("SELECT * { ?s ", "(", "!<x:p>", ")+", " ?o }"),
    "inverse": ("SELECT * { ?s ", "^", "<x:p>", "", " ?o }"),
    "alternatives": ("SELECT * { ?s ", "(<x:p>|", "<x:p>", ")", " ?o }"),
    "lists": ("SELECT * { ?s ?p ", "(", "1", ")", " }"),
    "blanks": ("SELECT * { ?s ?p ", "[<x:p>", "1", "]", " }"),
    "quoted": ("SELECT * { ", "<<", " <x:a> <x:b> <x:c>", ">>", " }"),
    "reified": ("SELECT * { ?s ?p ", "<<( <x:a> <x:b> ", "<x:c>", ")>>", " }"),
    "annotated": ("SELECT * { ?s ?p ?o ", "{| <x:p> <x:q> ", "", "|}", " }"),
    "template lists": ("CONSTRUCT { ?s ?p ", "(", "1", ")", " } { ?s ?p ?o }"),
    "existence in filters": ("SELECT * {", "FILTER(EXISTS{", "", "})", "}"),
}
"""What nests: text before, what opens, what stands inside, what closes, text after."""


def _nested() -> Iterator[Hostile]:
    for name, (before, opening, inside, closing, after) in _NESTED.items():
        for depth in _DEPTHS:
            text = f"{before}{opening * depth}{inside}{closing * depth}{after}"
            yield Hostile(f"nested {name} {depth}", text.encode())


_LENGTHS = (300, 30_000)
_CHAINS = {
    "sum": ("SELECT (0", "+1", " AS ?x) {}"), "times": ("SELECT (1", "*1", " AS ?x) {}"),
    "and": ("ASK { FILTER(true", "&&true", ") }"), "or": ("ASK { FILTER(false", "||false", ") }"),
    "members": ("ASK { FILTER(1 IN (1", ",1", ")) }"), "strangers": ("ASK { FILTER(1 NOT IN (2", ",2", ")) }"),
    "steps": ("SELECT * { ?s <x:p>", "/<x:p>", " ?o }"), "backwards": ("SELECT * { ?s ^<x:p>", "/^<x:p>", " ?o }"),
    "alternatives": ("SELECT * { ?s <x:p>", "|<x:p>", " ?o }"),
    "optional steps": ("ASK { ?s <x:p>?", "/!<x:q>?", " ?o }"),
    "not these": ("SELECT * { ?s !(<x:p>", "|<x:p>", ") ?o } LIMIT 1"), "unions": ("ASK { {}", "UNION{}", " }"),
    "optionals": ("ASK { ?s ?p ?o ", "OPTIONAL{?s ?p ?o}", " }"), "joins": ("ASK { ?s ?p ?o ", ".?s ?p ?o", " }"),
    "minuses": ("ASK { ?s ?p ?o ", "MINUS{?s <x:p> ?o}", " }"), "filters": ("ASK { ?s ?p ?o ", "FILTER(?s!=?o)", " }"),
    "predicates": ("ASK { ?s ?p ?o ", ";?p ?o", " }"), "objects": ("ASK { ?s ?p ?o ", ",?o", " }"),
    "columns": ("SELECT ?s ", "?s ", "{ ?s ?p ?o } LIMIT 1"),
    "sorting": ("SELECT * { ?s ?p ?o } ORDER BY ?s ", "?o ", "LIMIT 1"),
    "grouping": ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s ", "?s ", "LIMIT 1"),
    "graphs": ("SELECT * ", "FROM <http://example.org/> ", "{ ?s ?p ?o }"),
    "own graphs": ("ASK ", "FROM <https://w3id.org/aigov-kg/graph/facts> ", "{ ?s ?p ?o }"),
    "values": ("ASK { ", "VALUES ?x{1}", " }"), "lists": ("ASK { ?s ?p (", "1 ", ") }"),
    "arguments": ("SELECT (CONCAT('a'", ",'a'", ") AS ?x) {}"), "described": ("DESCRIBE ", "<x:y> ", ""),
    "empty prefixes": ("", "PREFIX x:<x:>", "ASK {}"), "bases": ("", "BASE <x:/y/>", "ASK {}"),
}  # fmt: skip
"""What grows in length: before, what is repeated, after."""
_TRUE = ("and", "members", "strangers", "joins", "optionals", "own graphs", "empty prefixes", "bases", "unions")


def _chains() -> Iterator[Hostile]:
    for name, (before, link, after) in _CHAINS.items():
        for length in _LENGTHS:
            known = {"sum": str(length), "times": "1", "arguments": "a" * (length + 1)} | dict.fromkeys(_TRUE, "true")
            yield Hostile(f"chain of {name} {length}", f"{before}{link * length}{after}".encode(), known.get(name, ""))


def _numbered() -> Iterator[Hostile]:
    """Chains whose links each have a name of their own."""
    for count in (50, 1_000, 10_000):
        binds = " ".join(f"BIND(?x{n}+1 AS ?x{n + 1})" for n in range(count))
        yield Hostile(f"binds {count}", f"SELECT ?x{count} {{ BIND(0 AS ?x0) {binds} }}".encode(), str(count))
        doubled = " ".join(f"BIND(CONCAT(?x{n},?x{n}) AS ?x{n + 1})" for n in range(count))
        yield Hostile(
            f"doubling {count}", f"SELECT (STRLEN(?x{count}) AS ?n) {{ BIND('ab' AS ?x0) {doubled} }}".encode()
        )
        names = " ".join(f"?v{n}" for n in range(count))
        yield Hostile(f"variables {count}", f"SELECT {names} {{}}".encode())
        table = " ".join(f"PREFIX p{n}: <http://example.org/{n}/>" for n in range(count))
        yield Hostile(f"prefixes {count}", f"{table} ASK {{}}".encode(), "true")
        sums = " ".join(f"(SUM(?n) AS ?s{n})" for n in range(count))
        yield Hostile(f"aggregates {count}", f"SELECT {sums} {{ VALUES ?n {{ 1 2 }} }}".encode())
        steps = " . ".join(f"?v{n} ?p{n} ?v{n + 1}" for n in range(count))
        yield Hostile(f"walk {count}", f"SELECT (COUNT(*) AS ?n) {{ {steps} }}".encode())


_TWO, _THREE = product(2), product(3)
_PRODUCTS = {
    "count": f"SELECT (COUNT(*) AS ?n) {{ {_THREE} }}", "nine": f"SELECT (COUNT(*) AS ?n) {{ {product(9)} }}",
    "distinct": f"SELECT (COUNT(DISTINCT ?c0) AS ?n) {{ {_THREE} }}", "all": f"SELECT * {{ {_TWO} }}",
    "unique": f"SELECT DISTINCT * {{ {_TWO} }}", "reduced": f"SELECT REDUCED * {{ {_THREE} }}",
    "order": f"SELECT * {{ {_TWO} }} ORDER BY ?c0 ?c1 LIMIT 1",
    "deep order": f"SELECT * {{ {product(9)} }} ORDER BY ?c8 LIMIT 1",
    "order by function": f"SELECT * {{ {_TWO} }} ORDER BY SHA512(STR(?c0)) LIMIT 1",
    "offset": f"SELECT * {{ {_THREE} }} OFFSET 2000000000 LIMIT 1",
    "concatenated": f"SELECT (GROUP_CONCAT(STR(?c0)) AS ?x) {{ {_TWO} }}",
    "ask": f"ASK {{ {_THREE} FILTER(?c0 = <x:never>) }}",
    "construct": f"CONSTRUCT {{ ?a0 ?b1 ?c2 }} {{ {_THREE} }}",
    "blank construct": f"CONSTRUCT {{ ?a0 <x:p> [ <x:q> ?c1 ] }} {{ {_TWO} }}",
    "describe": f"DESCRIBE ?a0 ?a1 ?c0 {{ {_TWO} }}", "unions": f"SELECT * {{ {{ {_TWO} }} UNION {{ {_TWO} }} }}",
    "optional": f"SELECT (COUNT(*) AS ?n) {{ {_TWO} OPTIONAL {{ {product(3)} FILTER(?c0 != ?c2) }} }}",
    "minus": f"SELECT (COUNT(*) AS ?n) {{ {_TWO} MINUS {{ ?c0 ?b1 ?x . ?y ?z ?w }} }}",
    "absent": f"SELECT (COUNT(*) AS ?n) {{ {_TWO} "
    "FILTER NOT EXISTS { ?x ?y ?z . ?u ?v ?w FILTER(?x = ?w && ?c0 = ?z) } }",
    "uuids": f"SELECT (COUNT(DISTINCT ?u) AS ?n) {{ {_TWO} BIND(UUID() AS ?u) }}",
    "md5": f"SELECT (MIN(MD5(STR(?c0))) AS ?n) {{ {_TWO} }}",
    "sha512": f"SELECT (MIN(SHA512(CONCAT(STR(?c0),STR(?c1)))) AS ?n) {{ {_TWO} }}",
    "blank nodes": f"SELECT (COUNT(DISTINCT ?u) AS ?n) {{ {_TWO} BIND(BNODE() AS ?u) }}",
    "subselects": f"SELECT (COUNT(*) AS ?n) {{ {{ SELECT * {{ {_TWO} }} }} {{ SELECT ?z {{ ?z ?y ?x }} }} }}",
    "graphs": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } GRAPH ?i { ?j ?k ?l } }",
    }  # fmt: skip
_PATHS = {
    "all": "(!<x:y>)*", "both ways": "(!<x:y>|^!<x:y>)*", "all plus": "(!<x:y>)+", "nested": "(((!<x:y>)*)+)*",
    "of steps": "((!<x:y>)/(!<x:z>))*",
    "back": "(^(!<x:y>))*", "optional": "((!<x:y>)?/(!<x:z>)?)*", }  # fmt: skip


def _costly() -> Iterator[Hostile]:
    for name, text in _PRODUCTS.items():
        yield Hostile(f"product {name}", text.encode())
    for name, path in _PATHS.items():
        counted = f"SELECT (COUNT(*) AS ?n) {{ ?a {path} ?b . ?b {path} ?c . ?c {path} ?d }}"
        yield Hostile(f"path {name}", counted.encode())


_REGEX = {
    "catastrophic": ("(a+)+$", "a" * 50_000 + "b"), "alternation": ("(a|a|aa)+$", "a" * 50_000 + "b"),
    "greedy": ("(.*)*(.*)*(.*)*x", "a" * 50_000), "large": ("((a{999}){999}){999}", "a"),
    "wide": ("a{1,1000}{1,1000}", "a"),
    "classes": ("[\\p{L}--a]{500}" * 3, "a"), "words": ("(?:\\w{1,500}){1,500}", "a"),
    "nested": ("(" * 5_000 + ")" * 5_000, "a"),
    "optional": ("a?" * 2_000 + "a" * 2_000, "a" * 2_000), "backward": ("(a)\\1", "aa"), "ahead": ("(?=a)*", "a"),
    "long": ("|".join(str(n) for n in range(50_000)), "a"), "half": ("(", "a"),
    "unicode": ("(?i)\\x{10FFFF}[\\s\\S]*", "a"),
}  # fmt: skip


def _expressions() -> Iterator[Hostile]:
    for name, (pattern, text) in _REGEX.items():
        escaped = pattern.replace("\\", "\\\\")
        yield Hostile(f"regex {name}", f"SELECT (REGEX('{text}', '{escaped}') AS ?x) {{}}".encode())
        yield Hostile(f"replace {name}", f"SELECT (STRLEN(REPLACE('{text}', '{escaped}', '$0$0')) AS ?x) {{}}".encode())
    grown = " ".join(f"BIND(REPLACE(?x{n}, '.', '$0$0$0$0$0$0$0$0') AS ?x{n + 1})" for n in range(12))
    yield Hostile("replace growth", f"SELECT (STRLEN(?x12) AS ?n) {{ BIND('ab' AS ?x0) {grown} }}".encode())
    everything = (
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(REGEX(STR(?o), CONCAT('(', STR(?s), ')*(', STR(?o), ')+'))) }"
    )
    yield Hostile("regex of the data", everything.encode())
    joined = " ".join(
        f"{{ SELECT (GROUP_CONCAT(?x{n}) AS ?x{n + 1}) {{ ?a{n} ?b{n} ?c{n} . BIND(STR(?c{n}) AS ?x{n}) }} }}"
        for n in range(8)
    )
    yield Hostile(
        "concatenations of concatenations", f"SELECT (STRLEN(CONCAT(?x1, ?x8)) AS ?n) {{ {joined} }}".encode()
    )


_CELLS = {
    "exponent": "1e999999999", "tiny": "1e-999999999", "decimal": f"{'9' * 5_000}.{'9' * 5_000}",
    "integer": "9" * 100_000,
    "overflow": "9223372036854775807 + 1", "underflow": "-9223372036854775808 - 1", "by zero": "1 / 0",
    "by nothing": "1e0 / 0e0",
    "decimals": "79228162514264337593543950335.0 * 79228162514264337593543950335.0", "round": "ROUND(1e308 * 10)",
    "duration": "'P99999999999Y'^^xsd:duration + 'P99999999999Y'^^xsd:duration",
    "seconds": "xsd:dayTimeDuration('PT1e99S')",
    "date": "'999999999999-01-01T00:00:00Z'^^xsd:dateTime + 'P9999Y'^^xsd:yearMonthDuration",
    "early date": "YEAR('-999999999-12-31T23:59:60Z'^^xsd:dateTime)",
    "zone": "TZ('2020-01-01T00:00:00+99:99'^^xsd:dateTime)",
    "between": "'9999-12-31T00:00:00Z'^^xsd:dateTime - '-9999-12-31T00:00:00Z'^^xsd:dateTime",
    "adjust": "ADJUST(NOW(), 'PT9999H'^^xsd:dayTimeDuration)",
    "type": f"STRDT('1', IRI('x:{'t' * 100_000}'))", "no type": "STRDT('1', 'x')",
    "typed twice": "STRDT(STRDT('1', <x:t>), <x:t>)",
    "language": f"STRLANG('a', '{'x-' * 50_000}y')", "no language": "STRLANG('a', '')",
    "iri": f"IRI('{'../' * 100_000}')",
    "bad iri": "IRI('http://[::::1/ <>')", "no iri": "IRI(1)",
    "part": "SUBSTR('abc', -9223372036854775808, 9223372036854775807)",
    "encoded": f"ENCODE_FOR_URI('{'é' * 100_000}')", "upper": f"UCASE('{'ŉß' * 100_000}')",
    "before": f"STRBEFORE('{'a' * 300_000}', '{'a' * 300_000}b')",
    "contains": f"CONTAINS('{'a' * 300_000}', '{'a' * 200_000}b')", "cast": f"xsd:double('{'9' * 300_000}')",
    "decimal cast": f"xsd:decimal('0.{'0' * 300_000}1')",
    "boolean": "xsd:boolean('maybe')", "unknown function": "<http://example.org/f>(1)",
    "matches": f"LANGMATCHES('{'a-' * 100_000}', '*')",
    "same": "sameTerm(<< <x:a> <x:b> <x:c> >>, << <x:a> <x:b> <x:c> >>)", "hashed": f"SHA512('{'a' * 900_000}')",
    "equal": f"'{'a' * 400_000}' = '{'a' * 400_000}'",
}  # fmt: skip
_ANSWERS = {"equal": "true", "no language": "", "contains": "false"}


def _cells() -> Iterator[Hostile]:
    for name, expression in _CELLS.items():
        sent = f"SELECT ({expression} AS ?x) {{}}".encode()
        yield Hostile(f"cell {name}", sent, _ANSWERS.get(name, ""))


def _large() -> Iterator[Hostile]:
    for count, word in ((200_000, "1"), (200_000, "''"), (120_000, "<x:y>"), (200_000, "UNDEF")):
        counted = f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {f'{word} ' * count}}} }}"
        yield Hostile(f"values {word} {count}", counted.encode(), str(count))
    crossed = " ".join(f"VALUES ?v{n} {{ {'1 ' * 20_000}}}" for n in range(4))
    yield Hostile("values crossed", f"SELECT (COUNT(*) AS ?n) {{ {crossed} }}".encode())
    pairs = "SELECT * { VALUES (?x ?y) { " + "(1 2)" * 150_000 + " } }"
    yield Hostile("values in pairs", pairs.encode())
    for size in (10_000_000, 1_048_577):
        yield Hostile(f"body {size}", b"ASK { #" + b"x" * (size - 8) + b"\n}")
    yield Hostile("body as large as may be", b"ASK { #" + b"x" * ((1 << 20) - 9) + b"\n}", "true")
    yield Hostile("long iri", f"ASK {{ <x:{'y' * 900_000}> ?p ?o }}".encode(), "false")
    yield Hostile("long variable", f"SELECT ?{'v' * 400_000} {{ VALUES ?{'v' * 400_000} {{ 1 }} }}".encode(), "1")
    yield Hostile("long name", f"PREFIX {'p' * 400_000}: <x:> ASK {{ ?s {'p' * 400_000}:y ?o }}".encode(), "false")
    yield Hostile("long string", f"SELECT (STRLEN('''{'a' * 900_000}''') AS ?n) {{}}".encode(), "900000")
    yield Hostile("many escapes", f"SELECT (STRLEN('{chr(92)}u0041{chr(92)}t') AS ?n) {{}}".encode(), "2")
    yield Hostile(
        "escapes without end", f"SELECT (STRLEN('{(chr(92) + 'U0001F600') * 90_000}') AS ?n) {{}}".encode(), "90000"
    )
    yield Hostile(
        "comments", f"ASK {{ {'#' * 1000}{chr(10) + '#' * 999}{(chr(10) + '# {') * 100_000}{chr(10)}}}".encode(), "true"
    )
    yield Hostile("white space", b"ASK {" + b" \t\r\n" * 250_000 + b"}", "true")


_RAW = {
    "nothing": b"", "blank": b" \n\t ", "nul": b"ASK { \x00 }", "only nul": b"\x00" * 100_000,
    "nul in a string": b"SELECT ('a\x00b' AS ?x) {}",
    "surrogate": b"SELECT ('\xed\xa0\x80' AS ?x) {}", "escaped surrogate": b"SELECT ('\\uD800' AS ?x) {}",
    "no utf-8": b"ASK { \xff\xfe }",
    "utf-16": "ASK {}".encode("utf-16"), "latin 1": "SELECT ('é' AS ?x) {}".encode("latin-1"),
    "overlong": b"ASK { \xc0\xaf }",
    "mark": b"\xef\xbb\xbfASK {}", "bidi": "ASK { # \u202e } \n }".encode(), "bidi name": "SELECT ?\u202ex {}".encode(),
    "line ends": b"ASK\r\n{\r\n}\r\n", "old line ends": b"ASK\r{\r# x\r}",
    "beyond": b"SELECT ('\\UFFFFFFFF' AS ?x) {}", "half escape": b"SELECT ('\\u12' AS ?x) {}",
    "open string": b"SELECT ('a AS ?x) {}", "open long string": b"SELECT ('''a' AS ?x) {}",
    "open iri": b"ASK { <x:y ?p ?o }",
    "open comment": b"ASK { #", "open group": b"ASK {", "closed too often": b"ASK { } }", "crossed": b"ASK { ( } )",
    "two queries": b"ASK {} ASK {}",
    "an update": b"INSERT DATA { <x:a> <x:b> <x:c> }", "query and update": b"ASK {}; DROP ALL",
    "quotes": b"'\"" * 200_000,
    "backslashes": b"\\" * 400_000, "less than": b"<" * 400_000, "brackets": b"ASK " + b"{}()[]" * 100_000,
    "letters": b"S" * 900_000,
    "colons": b":" * 400_000, "dots": b"ASK { a:" + b"." * 400_000 + b" }",
    "signs": b"ASK { FILTER(" + b"!+-^" * 100_000 + b"1) }",
    "percents": b"ASK { ?s x:" + b"%zz" * 100_000 + b" ?o }", "numbers": b"ASK { FILTER(" + b"1." * 200_000 + b") }",
    "zero width": "SELECT\u200b*\u2060{ ?s ?p ?o }".encode(), "full width": "ＳＥＬＥＣＴ ＊ ｛｝".encode(),
    "controls": bytes(range(1, 32)),
    "gzip": b"\x1f\x8b\x08\x00" + b"\x00" * 60, "json": b'{"query": "ASK {}"}',
    "xml": b'<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>',
}  # fmt: skip
_RAW_ANSWERS = {"line ends": "true", "old line ends": "true"}


def _raw() -> Iterator[Hostile]:
    for name, sent in _RAW.items():
        yield Hostile(f"raw {name}", sent, _RAW_ANSWERS.get(name, ""))


HOSTILE = (
    *_nested(), *_chains(), *_numbered(), *_costly(), *_expressions(), *_cells(), *_large(), *_raw(),
    Hostile("describe everything", b"DESCRIBE * { ?s ?p ?o }"),
    Hostile("construct everything", b"CONSTRUCT WHERE { ?s ?p ?o }"),
    Hostile("everything", b"SELECT * { ?s ?p ?o }"),
)  # fmt: skip
