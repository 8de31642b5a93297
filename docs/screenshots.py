"""Makes the pictures of docs/: the pages of the sample course, as a browser shows them.

    python docs/screenshots.py        (or `make screenshots`)

Student's page, class page and review screen, light and dark, desktop and phone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
SIZES = {"desktop": {"width": 1100, "height": 820}, "phone": {"width": 390, "height": 780}}
SAMPLES = ("--submissions", str(ROOT / "submissions" / "samples"))
STUDENT = "s03"


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        where = (*SAMPLES, "--out", str(out))
        subprocess.run(
            [sys.executable, "-m", "grader", "grade", "hw1", *where], cwd=ROOT, check=True
        )
        review = subprocess.Popen(
            [sys.executable, "-m", "grader", "review", "hw1", *where, "--no-browser"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert review.stdout is not None
        address = review.stdout.readline().strip()
        pages = {
            "student": (out / f"hw1/feedback/{STUDENT}.html").as_uri(),
            "class": (out / "hw1/summary.html").as_uri(),
            "review": f"{address}next?question=Q9&why=written",
        }
        try:
            with sync_playwright() as playwright:
                arguments = ["--disable-gpu", *(["--no-sandbox"] if os.getuid() == 0 else [])]
                browser = playwright.chromium.launch(
                    executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=arguments
                )
                for kind, page in pages.items():
                    _pictures(browser, kind, page)
                browser.close()
        finally:
            review.terminate()
            review.wait()


def _pictures(browser: Browser, kind: str, address: str) -> None:
    for look in ("light", "dark"):
        for size, viewport in SIZES.items():
            context = browser.new_context(color_scheme=look, viewport=viewport)  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(address)
            page.screenshot(path=IMAGES / f"{kind}-{look}-{size}.png")
            context.close()


if __name__ == "__main__":
    main()
