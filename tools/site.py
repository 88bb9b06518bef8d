"""Builds the site of docs into site/: python -m tools.site. Formulas become MathML, and nothing is loaded from another host."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.generated import ROOT

SITE = ROOT / "site"
FORMULA = re.compile(r'<(span|div) class="arithmatex">\s*\\[(\[](.+?)\\[)\]]\s*</\1>', re.DOTALL)
# What a browser fetches by itself: scripts, styles, fonts, pictures, frames. A link that a reader follows is none of these.
FETCHED = re.compile(
    r"<(?:script|img|iframe|source|embed|object)\b[^>]*?\b(?:src|data|srcset)\s*=\s*[\"']?((?:https?:)?//[^\"'\s>]+)"
    r"|<link\b(?=[^>]*\brel=[\"']?(?:stylesheet|preload|prefetch|preconnect|dns-prefetch|icon|modulepreload))"
    r"[^>]*?\bhref=[\"']?((?:https?:)?//[^\"'\s>]+)",
    re.IGNORECASE,
)
# Parts of the theme that no page uses (diagrams, an editor, a gallery) and that its script would fetch.
FETCHED_BY_SCRIPT = re.compile(
    r"https?://(?:[\w-]+\.)*(?:unpkg\.com|jsdelivr\.net|cdnjs\.cloudflare\.com|googleapis\.com)[^\"'`\s]*"
)
FETCHED_BY_STYLE = re.compile(r"(?:url\(\s*[\"']?|@import\s+[\"'])((?:https?:)?//[^\"')\s]+)")
PATTERNS = {
    ".html": (FETCHED, FETCHED_BY_STYLE, FETCHED_BY_SCRIPT),
    ".svg": (FETCHED, FETCHED_BY_STYLE),
    ".css": (FETCHED_BY_STYLE,),
    ".js": (FETCHED_BY_SCRIPT,),
}


def build() -> None:
    """Build the site from mkdocs.yml, with the examples that pages link to."""
    zensical = Path(sys.executable).with_name("zensical")
    subprocess.run([zensical, "build", "--clean", "--strict"], cwd=ROOT, check=True)
    for page in SITE.rglob("*.html"):
        page.write_text(with_mathml(page.read_text(encoding="utf-8")), encoding="utf-8")
    for script in SITE.rglob("*.js"):
        script.write_text(FETCHED_BY_SCRIPT.sub("", script.read_text(encoding="utf-8")), encoding="utf-8")
    shutil.copytree(ROOT / "examples", SITE / "examples", ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)


def with_mathml(page: str) -> str:
    """A page with its TeX formulas as MathML, which every browser sets without a script."""
    from latex2mathml.converter import convert

    def mathml(match: re.Match[str]) -> str:
        display = "block" if match[1] == "div" else "inline"
        return f'<{match[1]} class="arithmatex">{convert(html.unescape(match[2]), display=display)}</{match[1]}>'

    return FORMULA.sub(mathml, page)


def fetched_from_elsewhere(folder: Path) -> Iterator[tuple[Path, str]]:
    """Each file of a site with an address on another host that a browser would fetch by itself."""
    for path in sorted(folder.rglob("*")):
        for pattern in PATTERNS.get(path.suffix, ()):
            for match in pattern.finditer(path.read_text(encoding="utf-8")):
                yield path, next(filter(None, match.groups()), match[0])


def main() -> int:
    """Build the site and refuse one that would load something from another host."""
    build()
    found = list(fetched_from_elsewhere(SITE))
    for path, address in found:
        print(f"{path.relative_to(ROOT)}: loads {address} from another host", file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
