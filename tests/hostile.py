"""Text that must stay text: payloads for labels, notes and all else that others wrote, and statements full of one."""

from __future__ import annotations

from kg.statements import Clash, Receipt, Statement, Thing

__all__ = ["CONTROLS", "HOSTILE", "RUNS", "poisoned"]

RUNS = "window.pwned=1"
HOSTILE = (
    f"<script>{RUNS}</script>",
    f"</script><script>{RUNS}</script>",
    f"</script><img src=x onerror={RUNS}>",
    f"<img src=x onerror={RUNS}>",
    f"<svg onload={RUNS}>",
    f"<svg><script>{RUNS}</script></svg>",
    f"<body onload={RUNS}>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    f"<iframe src=javascript:{RUNS}></iframe>",
    f"<a href='javascript:{RUNS}'>href</a>",
    f"<details open ontoggle={RUNS}>",
    f"<input autofocus onfocus={RUNS}>",
    f"<video><source onerror={RUNS}></video>",
    "<style>@import url(http://example.invalid/x.css);</style>",
    "</style><style>*{background:url(http://example.invalid/x.png)}",
    "<link rel=stylesheet href=http://example.invalid/x.css>",
    "<meta http-equiv=refresh content='0;url=http://example.invalid/'>",
    "<base href=http://example.invalid/>",
    f"<form action=javascript:{RUNS}><button autofocus>x",
    f"<object data=javascript:{RUNS}></object><embed src=javascript:{RUNS}>",
    f"<math><mtext></p><style><img title='</style><img src=x onerror={RUNS}>'>",
    f"<!--<script>{RUNS}</script>-->",
    f"--><script>{RUNS}</script><!--",
    f"<![CDATA[<script>{RUNS}</script>]]>",
    f"</title><script>{RUNS}</script>",
    f"</textarea><script>{RUNS}</script>",
    f"</noscript><script>{RUNS}</script>",
    f'" onmouseover="{RUNS}" autofocus onfocus="{RUNS}" x="',
    f"' onmouseover='{RUNS}' x='",
    f"x onmouseover={RUNS} y",
    f"javascript:{RUNS}",
    f"data:text/html,<script>{RUNS}</script>",
    f"\\u003cscript\\u003e{RUNS}\\u003c/script\\u003e",
    f"&lt;script&gt;{RUNS}&lt;/script&gt;",
    f'"}}],"nodes":[{{"title":"<img src=x onerror={RUNS}>"}}]',
    f"${{{RUNS}}} {{{{7*7}}}} {{% for x in [] %}} {{# #}} `{RUNS}`",
    f"*/ ;{RUNS}; /* \\'; {RUNS}; //",
    f"line\u2028{RUNS}\u2029separators and \u202ebidi\u202c",
    "__proto__",
    "constructor",
    "hyphen-ated-and-unbreakably-long-without-any-space" * 4,
    "静机研究所静机研究所静机研究所静机研究所静机研究所",
    f"<script>{RUNS}\u2028</script>\u2029//",
    f"\u2028{RUNS}\u2028",
    "\u202e\u2066right to left override, never closed",
    "\u2067\u202bisolate and embedding \u2069\u2069\u2069\u202c\u202c closed too often",
    f"\u200f\u061c<b onclick={RUNS}>\u200e\ufeff\u00ad\u200b",
    "zalgo " + "e" + "\u0300\u0301\u0302\u0303\u0489" * 40,
    f"<svg><animate onbegin={RUNS} attributeName=x dur=1s>",
    f"<marquee onstart={RUNS}>",
    f"<template><script>{RUNS}</script></template>",
    f"<button popovertarget=x onbeforetoggle={RUNS}>",
    "<dialog open style=position:fixed;inset:0;width:100vw;height:100vh>covers all</dialog>",
    f"';{RUNS};//\\';{RUNS};//\";{RUNS};//",
    '"; url(javascript:x) } * { display: none !important } a[x="',
    "hasOwnProperty",
    "toString",
    "👨‍👩‍👧‍👦🏳️‍🌈 𝄞𝒳 \U000e0041",
)
"""Every browser shows these as they are."""
CONTROLS = (
    "\u0001\u0008\u001b[31m\u007f\u0085 controls \ufffe\uffff",
    "\t\r\n  line ends and tabs \x0b\x0c",
)
"""A browser may show these in another way."""


def poisoned(one: Statement, text: str, name: str = "") -> Statement:
    """The statement with every text replaced; its ids and its words from closed lists stay."""

    def thing(old: Thing) -> Thing:
        return old._replace(label=text)

    return one._replace(
        id=name or one.id, subject=thing(one.subject), object=thing(one.object), relation=text, note=text,
        when_text=text, claimed_by=(Thing("agent:x", text),), role=Thing("concept:r", text),
        constituency=(Thing("concept:c", text),), in_capacity_of=Thing("post:p", text),
        on_behalf_of=(Thing("agent:b", text, "Organization"),), review=Thing("concept:v", text),
        conflicts=(Clash("contradicts", text, "st:other", text, text),),
        receipts=(Receipt("src:x", text, 0, 1, text, text, False, text, text),),
    )  # fmt: skip
