"""Pages in headless Chromium, for the benchmarks: when something is first drawn, and what pyvis makes of the same."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pyvis.network import Network

from kg.networks import ends
from kg.statements import Statement

__all__ = ["FLAGS", "first_frame", "plain"]

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
CHROMIUM = ("chromium", "--headless", *FLAGS, "--enable-logging=stderr", "--window-size=1600,1143")
# Says on the console when the canvas first has something on it, in milliseconds since the page was asked for.
WATCH = """
(() => {
  const small = Object.assign(document.createElement("canvas"), { width: 80, height: 50 });
  const brush = small.getContext("2d", { willReadFrequently: true });
  const look = () => {
    const canvas = document.querySelector("canvas");
    if (canvas && canvas.width && canvas.height) {
      brush.clearRect(0, 0, 80, 50);
      brush.drawImage(canvas, 0, 0, 80, 50);
      if (brush.getImageData(0, 0, 80, 50).data.some((value) => value)) {
        console.log(`FRAME ${performance.now()}`);
        return;
      }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""


def _watched(content: str) -> str:
    """The page with the watch as its first script, let in by the policy where there is one."""
    digest = base64.b64encode(hashlib.sha256(WATCH.encode()).digest()).decode()
    content = content.replace("script-src ", f"script-src 'sha256-{digest}' ", 1)
    return re.sub("(<title>|<head>)", lambda found: f"<script>{WATCH}</script>{found[0]}", content, count=1)


def first_frame(content: str, limit: float) -> float | None:
    """Seconds to the first frame, None when there is none within the limit."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "page.html"
        path.write_text(_watched(content), encoding="utf-8")
        # --remote-debugging-port keeps the page open; nobody connects.
        command = [*CHROMIUM, "--remote-debugging-port=0", f"--user-data-dir={folder}/profile", path.as_uri()]
        browser = subprocess.Popen(
            command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True
        )

        def end() -> None:
            """With all its processes: one that is left would keep the pipe open."""
            with suppress(ProcessLookupError):
                os.killpg(browser.pid, signal.SIGKILL)

        timer = threading.Timer(limit + 5, end)
        timer.start()
        try:
            for line in browser.stderr or ():
                if found := re.search(r"FRAME ([0-9.]+)", line):
                    return float(found[1]) / 1000
            return None
        finally:
            timer.cancel()
            end()
            browser.wait()


def plain(statements: Iterable[Statement]) -> str:
    """What pyvis makes of the same things and lines: its own page, layout and physics."""
    picture = Network(directed=True, cdn_resources="in_line", height="900px")
    lines = [line for one in statements for line in ends(one)]
    for thing in sorted({thing.id: thing for line in lines for thing in line[:2]}.values()):
        picture.add_node(thing.id, label=thing.label)
    for start, end, relation in lines:
        picture.add_edge(start.id, end.id, label=relation)
    return str(picture.generate_html())
