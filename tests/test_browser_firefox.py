"""The explorer in Firefox, by the script that a person can run too: npm run firefox -- FILE."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from needs import missing

EXPLORER = Path(__file__).parent.parent / "explorer"


@pytest.mark.slow
def test_the_page_works_in_firefox(whole_page: Path, tmp_path: Path) -> None:
    node, firefox = shutil.which("node"), shutil.which("firefox-esr")
    if firefox is None:
        missing("firefox-esr (Debian's package)")
    if node is None or not (EXPLORER / "node_modules" / "puppeteer-core").is_dir():
        missing("puppeteer-core: npm ci in explorer/")
    done = subprocess.run(
        [node, EXPLORER / "test" / "firefox.mjs", whole_page],
        env=os.environ | {"FIREFOX": firefox, "HOME": str(tmp_path)}, capture_output=True, timeout=120, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()
    assert said[0].startswith("Graph of ") and said[1] == "found SenseTime" and said[2].startswith("contradictions: ")
