"""Open every page of the built site in Chromium, as wide as a desk's screen and as a phone's.

    make docs
    python tools/look_at_site.py [--pictures FOLDER] [--pages PREFIX ...]

Prints what is wrong and ends with 1 if anything is: a page that scrolls sideways, text that is cut off, a
heading whose words are cut apart, a picture that is not there, an error of a script. Pictures of the pages,
at half their size, are to be looked at; a program does not see whether they are well made.
"""

import argparse
import base64
import sys
import tempfile
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sklearn_har.deploy._serve import server_of  # noqa: E402
from tests.web.browser import Browser, Page, find_chromium  # noqa: E402

SITE = ROOT / "build" / "site"
NOT_PAGES = {"_modules", "_static", "_downloads"}
SIZES = (1280, 900), (390, 844)
TALLEST = 4000  # of a picture, in pixels of the page
FOREIGN = "Got invalid theme mode"  # the theme's own, on the first page that a browser opens

FINDINGS = """(() => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth + 1) found.push("scrolls sideways");
  for (const image of document.images)
    if (image.complete && !image.naturalWidth && image.loading !== "lazy") found.push("no " + image.src);
  const range = document.createRange();
  const scrolls = e => ["auto", "scroll"].includes(getComputedStyle(e).overflowX);
  for (const e of document.querySelectorAll("article *")) {
    if (![...e.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())) continue;
    range.selectNodeContents(e);
    const box = range.getBoundingClientRect();
    if (box.width === 0 || box.right <= innerWidth + 1) continue;
    let outer = e;
    while (outer.tagName !== "ARTICLE" && !scrolls(outer)) outer = outer.parentElement;
    if (outer.tagName === "ARTICLE") found.push("cut off: " + e.textContent.trim().slice(0, 60));
  }
  for (const part of document.querySelector("h1")?.childNodes ?? [])
    for (let i = 1, text = part.nodeType === 3 ? part.textContent : ""; i < text.length; i++) {
      const tops = [i - 1, i].map(at => {
        range.setStart(part, at);
        range.setEnd(part, at + 1);
        return range.getBoundingClientRect().top;
      });
      if (tops[1] > tops[0] + 5 && /\\w\\w/.test(text.slice(i - 1, i + 1)))
        found.push("heading cut apart: " + text.slice(0, i) + "|" + text.slice(i));
    }
  return found;
})()"""


def pages_of(site: Path, prefixes: list[str]) -> list[str]:
    names = (path.relative_to(site) for path in sorted(site.rglob("*.html")))
    pages = [name.as_posix() for name in names if not NOT_PAGES.intersection(name.parts)]
    return [page for page in pages if page.startswith(tuple(prefixes))]


def take_picture(page: Page, width: int, path: Path) -> None:
    height = min(page.run("document.documentElement.scrollHeight"), TALLEST)
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 0.5}
    answer = page.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
    path.write_bytes(base64.b64decode(answer["data"]))


def look(browser: Browser, address: str, pages: list[str], pictures: Path | None) -> int:
    """Open the pages in both sizes; returns in how many something was found."""
    n_wrong = 0
    for width, height in SIZES:
        window = browser.page(width=width, height=height)
        for name in pages:
            browser.events.clear()
            window.go(address + name)
            errors = [str(error) for error in window.errors() if FOREIGN not in str(error)]
            found = window.run(FINDINGS) + errors
            n_wrong += bool(found)
            for finding in found[:5]:
                print(f"{name}, {width} wide: {finding}", flush=True)
            if pictures:
                take_picture(window, width, pictures / f"{width}_{name.replace('/', '_')[:-5]}.png")
        window.close()
    return n_wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, default=SITE)
    parser.add_argument("--pictures", type=Path, help="folder for pictures of the pages")
    parser.add_argument("--pages", nargs="+", default=[""], metavar="PREFIX", help="pages that begin so")
    arguments = parser.parse_args()
    program = find_chromium()
    if program is None:
        sys.exit("Chromium is not installed.")
    pages = pages_of(arguments.site, arguments.pages)
    if not pages:
        sys.exit(f"No such page in {arguments.site}: run `make docs` first.")
    if arguments.pictures:
        arguments.pictures.mkdir(parents=True, exist_ok=True)
    with (
        server_of(arguments.site, port=0, host="127.0.0.1") as server,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
    ):
        Thread(target=server.serve_forever, daemon=True).start()
        browser = Browser(program, profile)
        try:
            n_wrong = look(browser, f"http://127.0.0.1:{server.server_port}/", pages, arguments.pictures)
        finally:
            browser.close()
            server.shutdown()
    print(f"{len(pages)} pages in {len(SIZES)} sizes, {n_wrong} with findings")
    sys.exit(n_wrong > 0)


if __name__ == "__main__":
    main()
