"""Lines brought to one form: equal exactly when they say the same, in the canonical form of RDF for all but values."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pyoxigraph as ox
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.graphs import written
from kg.stores.values import Malformed, by_value, duration, normal

XSD = "http://www.w3.org/2001/XMLSchema#"
INTEGERS = (
    "integer", "nonNegativeInteger", "nonPositiveInteger", "negativeInteger", "positiveInteger", "long", "int", "short",
    "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte",
)  # fmt: skip


def line(value: str) -> bytes:
    """A triple with this object."""
    return f"<x:a> <x:b> {value} .\n".encode()


def typed(text: str, kind: str) -> bytes:
    return line(f'"{text}"^^<{XSD}{kind}>')


def parsed(given: bytes) -> bytes:
    """The canonical line of what the parser reads."""
    return written([quad.triple for quad in ox.parse(given, format=ox.RdfFormat.N_TRIPLES)], ox.RdfFormat.N_TRIPLES)


def escaped(letter: str) -> str:
    """A character as the canonical form has it (RDF 1.2 N-Triples, section 4)."""
    short = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
    if letter in short:
        return short[letter]
    return f"\\u{ord(letter):04X}" if letter < " " or letter in "\x7f\ufffe\uffff" else letter


# ---------------------------------------------------------------- values


@pytest.mark.parametrize("kind", INTEGERS)
def test_integers_of_all_kinds_are_integers(kind: str) -> None:
    for text, value in (("7", "7"), ("007", "7"), ("+7", "7"), ("-0", "0"), ("-07", "-7"), (" 7 ", "7")):
        assert normal(typed(text, kind)) == typed(value, "integer")


SAME = [
    *(("decimal", text, "140") for text in ("140", "140.0", "140.", "+140.00", "0140")),
    *(("decimal", text, "0") for text in ("0", "-0", "-0.0", ".0", "0.", "00", "-.00", "+0")),
    *(("decimal", text, "0.1") for text in ("0.1", "00.10", ".1", "+.100")),
    ("decimal", "-00.50", "-0.5"), ("decimal", "100", "100"), ("decimal", "0.000000000000000000000000000000010",
                                                              "0.00000000000000000000000000000001"),
    ("decimal", "9" * 5000 + ".10", "9" * 5000 + ".1"),
    *(("double", text, "1.0") for text in ("1", "1.0", "1e0", "+1.E0", "10E-1", "0.1e+1")),
    ("double", "-0", "0.0"), ("double", "1E400", "INF"), ("double", "+INF", "INF"), ("double", "-INF", "-INF"),
    ("double", "NaN", "NaN"), ("float", "1E3", "1000.0"), ("double", "1E-7", "1e-07"),
    ("boolean", "1", "true"), ("boolean", "true", "true"), ("boolean", "0", "false"), ("boolean", " false\t", "false"),
    ("dateTime", "2020-01-02T03:04:05.600Z", "2020-01-02T03:04:05.6Z"),
    ("dateTime", "2020-01-02T03:04:05.000", "2020-01-02T03:04:05"),
    ("dateTime", "2020-01-02T03:04:10+00:00", "2020-01-02T03:04:10Z"),
    ("dateTime", "2020-01-02T03:04:10.10-00:00", "2020-01-02T03:04:10.1Z"),
    ("dateTime", "-12020-01-02T03:04:00.0-10:00", "-12020-01-02T03:04:00-10:00"),
    ("time", "10:20:30.00+00:00", "10:20:30Z"), ("time", "10:20:30.010-05:30", "10:20:30.01-05:30"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "value"), SAME)
def test_what_says_the_same_becomes_the_same(kind: str, text: str, value: str) -> None:
    # A tab in a literal is written with an escape.
    assert normal(line(f'"{text}"^^<{XSD}{kind}>'.replace("\t", "\\t"))) == typed(value, kind)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("PT90M", "PT1H30M"), ("5400.0", "PT1H30M"), ("P4D", "P4D"), ("345600.0", "P4D"), ("P1Y", "P1Y"), ("12", "P1Y"),
        ("-12", "-P1Y"), ("P1Y2M3DT4H5M6.7S", "P1Y2M3DT4H5M6.7S"), ("PT36H", "P1DT12H"), ("P1DT12H", "P1DT12H"),
        ("-PT90M", "-PT1H30M"), ("-5400.0", "-PT1H30M"), ("P0D", "PT0S"), ("PT0S", "PT0S"), ("0", "PT0S"),
        ("0.0", "PT0S"), ("-P0Y", "PT0S"), ("-0.0", "PT0S"), ("P14M", "P1Y2M"), ("14", "P1Y2M"), ("PT60S", "PT1M"),
        ("PT1.50S", "PT1.5S"), ("P1M", "P1M"), ("PT1M", "PT1M"), ("P24M", "P2Y"), ("PT86400S", "P1D"),
        ("PT0.0000001S", "PT0.0000001S"), ("0.0000001", "PT0.0000001S"), ("P007DT00H", "P7D"),
        ("P100000000000000000000000000000000000000001D", "P100000000000000000000000000000000000000001D"),
    ],
)  # fmt: skip
def test_a_duration_has_one_form(text: str, value: str) -> None:
    """Of a whole number of seconds Virtuoso writes a fraction, of months none."""
    assert duration(text) == value
    assert duration(value) == value
    for kind in ("duration", "dayTimeDuration", "yearMonthDuration"):
        assert normal(typed(text, kind)) == typed(value, kind)


@pytest.mark.parametrize("text", [f"PT0.{'1' * 60}S", f"PT{'7' * 3000}.5S", f"-{'1' * 40}.5", "P" + "9" * 3998 + "M"])
def test_no_digit_of_a_long_duration_is_lost(text: str) -> None:
    sign, digits = text.startswith("-"), text.lstrip("-")
    written_so = text if "P" in text else f"-PT{digits}S"
    assert counted(duration(text)) == counted(written_so)
    assert duration(text).startswith("-") is sign


def counted(text: str) -> tuple[int, Fraction]:
    """Months and seconds of a duration, by a way of its own."""
    sign = -1 if text.startswith("-") else 1
    days, _, clock = text.lstrip("-").removeprefix("P").partition("T")
    months, seconds = 0, Fraction(0)
    for part, sizes in ((days, {"Y": 12, "M": 1, "D": 86400}), (clock, {"H": 3600, "M": 60, "S": 1})):
        number = ""
        for letter in part:
            if letter in "0123456789.":
                number += letter
                continue
            if letter in "YM" and part is days:
                months += int(number) * sizes[letter]
            else:
                seconds += Fraction(number) * sizes[letter]
            number = ""
    return sign * months, sign * seconds


@pytest.mark.parametrize(
    "text",
    [
        "", "P", "PT", "P1", "P1DT", "1D", "P1S", "PT1D", "P-1D", "--P1D", "+P1D", "P1D2M", "PT1.S", "PT.5S", "P1.5D",
        "5400.", ".5", "1e3", "P1D ", "P٣D", "9" * 4001, "P" + "9" * 4000 + "D", "1" * 4000 + ".0",
    ],
)  # fmt: skip
def test_what_is_no_duration_stays(text: str) -> None:
    assert duration(text) == ""
    if text == text.strip():
        assert normal(typed(text, "duration")) == typed(text, "duration")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *((kind, text) for kind in ("integer", "long") for text in ("", "1.0", "٣", "1_0", "1e3", "+", "--1", "\u00a05",
                                                                    "9" * 4001)),
        *(("decimal", text) for text in ("", ".", "-", "1e3", "1_0", "٣.٥", "NaN", "INF", "Infinity", "1.2.3")),
        *(("double", text) for text in ("", "inf", "infinity", "nan", "-NaN", "1_0", "0x1", "e5", "٣", ".e1")),
        *(("boolean", text) for text in ("TRUE", "yes", "2", "")),
        *(("dateTime", text) for text in ("1.10", "2020-01-02T03:04:05.", "2020-01-02 03:04:05.0", "03:04.0",
                                          "2020-01-02T03:04:05.0+0000", "٢020-01-02T03:04:05.0")),
        ("time", "1.10"), ("date", "2020-01-02+00:00"), ("gYear", "02020"), ("anyURI", "http://a/%7e"),
        ("string2", "007"),
    ],
)  # fmt: skip
def test_what_has_no_value_stays_as_it_is(kind: str, text: str) -> None:
    assert normal(typed(text, kind)) == typed(text, kind)


APART = [
    ('"1"^^xsd:integer', '"1"^^xsd:decimal'),
    ('"1"^^xsd:integer', '"1"'),
    ('"1.0"^^xsd:decimal', '"1.0"^^xsd:double'),
    ('"1"^^xsd:double', '"1"^^xsd:float'),
    ('"true"^^xsd:boolean', '"true"'),
    ('"P1M"^^xsd:duration', '"PT1M"^^xsd:duration'),
    ('"P1M"^^xsd:duration', '"P1M"^^xsd:yearMonthDuration'),
    ('"P1M"^^xsd:duration', '"P30D"^^xsd:duration'),
    ('"12"^^xsd:duration', '"12.0"^^xsd:duration'),
    ('"9007199254740993"^^xsd:decimal', '"9007199254740992"^^xsd:decimal'),
    ('"0.30000000000000000001"^^xsd:decimal', '"0.3"^^xsd:decimal'),
    ('"2020-01-01T00:00:00Z"^^xsd:dateTime', '"2020-01-01T00:00:00"^^xsd:dateTime'),
    ('"2020-01-01T00:00:00Z"^^xsd:dateTime', '"2020-01-01T01:00:00+01:00"^^xsd:dateTime'),
    ('"a"@en', '"a"@de'),
    ('"a"@en', '"a"'),
    ('"a"@en', '"a"@en-gb'),
    ('"a"@en', '"a"@en--ltr'),
    ('"a"@en--rtl', '"a"@en--ltr'),
    ('"a "', '"a"'),
    ('" 7"^^<x:t>', '"7"^^<x:t>'),
    ('"<x:c>"', "<x:c>"),
    ('"é"', '"e\u0301"'),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_different_terms_stay_apart(one: str, other: str) -> None:
    """RDF 1.1: another datatype is another term. Only the kinds of integers are one, since stores keep no others."""
    found = [normal(line(text.replace("xsd:", f"<{XSD}") + ">" * ("xsd:" in text))) for text in (one, other)]
    assert found[0] != found[1]


numbers = st.from_regex(r"[+-]?[0-9]{1,30}", fullmatch=True)
decimals = st.from_regex(r"[+-]?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})", fullmatch=True)
anything = st.text(st.characters(codec="utf-8", exclude_characters='"\\'), max_size=12).filter(str.isprintable)


@pytest.mark.slow
@given(decimals, decimals)
def test_decimals_are_one_exactly_when_they_are_equal(one: str, other: str) -> None:
    same = Fraction(one) == Fraction(other)
    assert (normal(typed(one, "decimal")) == normal(typed(other, "decimal"))) is same
    assert normal(typed(one, "decimal")) == normal(typed(f"{Fraction(one).limit_denominator(10**20)}", "decimal")) or (
        Fraction(one).denominator != 1
    )


@given(numbers, numbers, st.sampled_from(INTEGERS), st.sampled_from(INTEGERS))
def test_integers_are_one_exactly_when_they_are_equal(one: str, other: str, kind: str, another: str) -> None:
    assert (normal(typed(one, kind)) == normal(typed(other, another))) is (int(one) == int(other))


@given(st.floats(), st.floats())
def test_doubles_are_one_exactly_when_they_are_equal(one: float, other: float) -> None:
    forms = [str(n).replace("inf", "INF").replace("nan", "NaN") for n in (one, other)]
    same = one == other or (one != one and other != other)
    assert (normal(typed(forms[0], "double")) == normal(typed(forms[1], "double"))) is same
    if one == one and abs(one) != float("inf"):
        assert normal(typed(f"{Decimal(one):f}", "double")) == normal(typed(forms[0], "double"))


counts = st.integers(0, 10**6)


@st.composite
def durations(draw: st.DrawFn) -> tuple[str, tuple[int, Fraction]]:
    """A duration as XML Schema writes it, with its months and seconds."""
    years, months, days, hours, minutes, seconds = (draw(st.none() | counts) for _ in range(6))
    fraction = draw(st.none() | st.text("0123456789", min_size=1, max_size=9)) if seconds is not None else None
    sign = draw(st.sampled_from(["", "-"]))
    date = [f"{n}{letter}" for n, letter in ((years, "Y"), (months, "M"), (days, "D")) if n is not None]
    last = f"{seconds}.{fraction}" if fraction else seconds
    clock = [f"{n}{letter}" for n, letter in ((hours, "H"), (minutes, "M"), (last, "S")) if n is not None]
    assume(date or clock)
    whole = ((days or 0) * 24 + (hours or 0)) * 3600 + (minutes or 0) * 60
    number = 1 - 2 * bool(sign)
    value = number * (12 * (years or 0) + (months or 0)), number * (whole + Fraction(str(last or 0)))
    return f"{sign}P{''.join(date)}{'T' if clock else ''}{''.join(clock)}", value


@settings(max_examples=60)
@given(durations(), durations())
def test_durations_are_one_exactly_when_they_are_equal(
    one: tuple[str, tuple[int, Fraction]], other: tuple[str, tuple[int, Fraction]]
) -> None:
    made = duration(one[0])
    assert counted(made) == one[1]
    assert duration(made) == made
    assert (made == duration(other[0])) is (one[1] == other[1])


@given(st.integers(-(10**9), 10**9), st.integers(0, 999))
def test_seconds_and_months_of_virtuoso_are_durations(number: int, thousandths: int) -> None:
    assert counted(duration(str(number))) == (number, Fraction(0))
    shown = f"{number}.{thousandths:03}"
    assert counted(duration(shown)) == (0, Fraction(shown))


# ---------------------------------------------------------------- the canonical form


def test_every_character_has_one_form_however_it_is_written() -> None:
    """Raw where that is allowed and as \\U, of plain and typed literals and with a language; all of the first plane."""
    letters = [chr(n) for n in range(0x10000) if not 0xD800 <= n < 0xE000]
    letters += [chr(plane * 0x10000 + n) for plane in range(1, 17) for n in (0, 1, 0xFFFE, 0xFFFF)]
    for begin in range(0, len(letters), 512):
        some = letters[begin : begin + 512]
        raw = "".join(letter for letter in some if letter not in '"\\\n\r')
        for tail in ("", "@en", "^^<x:t>"):
            expected = line(f'"{"".join(map(escaped, some))}"{tail}')
            assert normal(line('"' + "".join(f"\\U{ord(letter):08x}" for letter in some) + '"' + tail)) == expected
            assert normal(expected) == expected
            assert normal(line(f'"{raw}"{tail}')) == line(f'"{"".join(map(escaped, raw))}"{tail}')
    assert parsed(line('"\\u007F\\uFFFE\\u0001"')) == line('"\\u007F\\uFFFE\\u0001"'), "the writer escapes these too"


texts = st.text(st.characters(codec="utf-8"), max_size=20)
tails = st.sampled_from(["", "@en", "@EN-gb", "@zh-Hant-TW", "@x-klingon", "@en--LTR".lower(), "^^<x:t>", "^^<x:é#>"])
spaces = st.sampled_from([" ", "\t", "  ", "\t "])
iris = st.sampled_from(["<x:a>", "<http://ü.example/ä?b#c>", "<x:\\u00E9>", "<X-1.y+z:\U0001f600>", "<x:>"])


@st.composite
def written_lines(draw: st.DrawFn) -> bytes:
    """A line as any server may write it: with escapes or without, blanks and tabs, a comment, any end."""
    text = "".join(
        letter if letter not in '"\\\n\r' and not draw(st.booleans())
        else draw(st.sampled_from([f"\\U{ord(letter):08X}", escaped(letter)]))
        for letter in draw(texts)
    )  # fmt: skip
    value = draw(iris) if draw(st.booleans()) else f'"{text}"{draw(tails)}'
    head = f"{draw(st.sampled_from(['', ' ', chr(9)]))}{draw(iris)}{draw(spaces)}{draw(iris)}{draw(spaces)}{value}"
    end = draw(st.sampled_from([".", " .", "\t. ", " . # a <x:b> ."]))
    return f"{head}{end}{draw(st.sampled_from(['', chr(10), chr(13) + chr(10)]))}".encode()


@settings(max_examples=200)
@given(written_lines())
def test_a_line_is_the_canonical_one_of_what_the_parser_reads(given: bytes) -> None:
    assert normal(given) == parsed(given)
    assert normal(normal(given)) == normal(given)


@pytest.mark.parametrize("kind", ["integer", "decimal", "double", "boolean", "dateTime", "time", "duration", "date"])
@given(text=numbers | decimals | anything | durations().map(lambda one: one[0]))
@settings(max_examples=40)
def test_what_is_normal_stays(kind: str, text: str) -> None:
    once = normal(typed(text, kind))
    assert normal(once) == once
    (quad,) = ox.parse(typed(text, kind), format=ox.RdfFormat.N_TRIPLES)
    value = quad.triple.object
    assert isinstance(value, ox.Literal)
    assert line(str(by_value(value))) == once


@pytest.mark.parametrize(
    "given", [b"", b"\n", b"\r\n", b" \t\n", b"# a comment\n", b"  # <x:a> <x:b> <x:c> .", b"#\r\n"]
)
def test_nothing_is_nothing(given: bytes) -> None:
    assert normal(given) == b""


@pytest.mark.parametrize(
    "given",
    [
        b"<x:a> <x:b> <x:c> .\n", b"<x:a> <x:b> <x:c> .\r\n", b"<x:a> <x:b> <x:c> .", b"<x:a>\t<x:b>\t<x:c>\t.\n",
        b"<x:a><x:b><x:c>.\n", b"   <x:a> <x:b> <x:c> . # <x:d>\n", b"<x:a> <x:\\u0062> <x:\\U00000063> .\n",
    ],
)  # fmt: skip
def test_blanks_tabs_and_ends_are_nothing(given: bytes) -> None:
    assert normal(given) == b"<x:a> <x:b> <x:c> .\n"


def test_languages_are_in_small_letters_and_strings_have_no_type() -> None:
    assert normal(line('"a"@EN-Latn-GB')) == line('"a"@en-latn-gb')
    assert normal(line(f'"a"^^<{XSD}string>')) == line('"a"')
    assert by_value(ox.Literal("a", language="EN-gb")) == ox.Literal("a", language="en-gb")


# ---------------------------------------------------------------- what is no triple of ours


@pytest.mark.parametrize(
    "given",
    [
        b"_:b <x:b> <x:c> .\n", b"<x:a> <x:b> _:c .\n", b"<x:a> <x:b> <<( <x:a> <x:b> <x:c> )>> .\n",
        b"<< <x:a> <x:b> <x:c> >> <x:b> <x:c> .\n", b"<x:a> _:b <x:c> .\n", b'"a" <x:b> <x:c> .\n',
        b'<x:a> "b" <x:c> .\n',
    ],
)  # fmt: skip
def test_blank_nodes_and_triples_as_terms_are_malformed(given: bytes) -> None:
    with pytest.raises(Malformed):
        normal(given)


@pytest.mark.parametrize(
    "iri",
    [
        "<a>", "<>", "</x>", "<#x>", "<//h/x>", "<1x:a>", "<x:a b>", '<x:a"b>', "<x:a{b>", "<x:a|b>", "<x:a^b>",
        "<x:a`b>", "<x:a\\\\b>", "<x:a\\u0020b>", "<x:a\x01b>", "<x:a\x7fb>", "<x:a<b>", "x:a", "<x:a", "x:a>",
    ],
)  # fmt: skip
def test_relative_iris_and_bad_characters_are_malformed(iri: str) -> None:
    for triple in ("{} <x:b> <x:c>", "<x:a> {} <x:c>", "<x:a> <x:b> {}", '<x:a> <x:b> "1"^^{}'):
        with pytest.raises(Malformed):
            normal(f"{triple.format(iri)} .\n".encode())


@pytest.mark.parametrize(
    "given",
    [
        b"<x:a> <x:b> <x:c>\n", b"<x:a> <x:b> .\n", b"<x:a> <x:b> <x:c> <x:d> .\n", b"<x:a> <x:b> <x:c> . <x:d>\n",
        b"<x:a> <x:b> <x:c> ..\n", b'<x:a> <x:b> "c .\n', b"<x:a> <x:b> 'c' .\n", b"<x:a> <x:b> 7 .\n", b"a\n",
        b"<x:a> a <x:c> .\n", b'<x:a> <x:b> "c"@ .\n', b'<x:a> <x:b> "c"@abcdefghi .\n',
        b'<x:a> <x:b> "c"@en-abcdefghi .\n',
        b'<x:a> <x:b> "c"^^ .\n', b'<x:a> <x:b> "c"^^"d" .\n', b'<x:a> <x:b> "\\x" .\n', b'<x:a> <x:b> "\\uD800" .\n',
        b'<x:a> <x:b> "\\U00110000" .\n', b'<x:a> <x:b> "\xff" .\n', b'<x:a> <x:b> "\xed\xa0\x80"@en .\n',
        b'<x:a> <x:b> "\xc3"^^<x:t> .\n', b"<x:\xff> <x:b> <x:c> .\n", b'<x:a> <x:b> "1"^^<http://[/> .\n',
        b"<x:a> <x:b> <x:c> .\r<x:d> <x:e> <x:f> .\n", b"\xef\xbb\xbf<x:a> <x:b> <x:c> .\n", b"\x00\x01\x02\n",
        b"<html>\n", b"@prefix x: <x:> .\n", b'<x:a> <x:b> "a\nb" .\n',
    ],
)  # fmt: skip
def test_what_is_no_line_of_n_triples_is_malformed(given: bytes) -> None:
    with pytest.raises(Malformed):
        normal(given)


@settings(max_examples=200)
@given(st.binary(max_size=40) | st.text('<>:x"\\^@.ab _#\t\n', max_size=40).map(str.encode))
def test_any_bytes_are_a_line_nothing_or_malformed(given: bytes) -> None:
    try:
        made = normal(given)
    except Malformed:
        return
    assert made == b"" or (made.endswith(b" .\n") and normal(made) == made and parsed(made))


def test_a_long_line_is_read() -> None:
    text = "x" * 5_000_000
    for value in (f'"{text}"', f'"{text}"@en', f'"{text}"^^<{XSD}integer>', f'"é{text}\\n"'):
        assert normal(line(value)) == line(value)
