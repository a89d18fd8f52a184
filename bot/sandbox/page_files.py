"""The page's own files, so that a browser asks for few of them: the styles as one, and every script named at once."""

import hashlib
import mimetypes
import re
from pathlib import Path
from typing import Final

from aiohttp import web

PAGE: Final = Path(__file__).parent / "page"
_IMPORT: Final = re.compile(r'^(?:import|export)\b[^;"]*?"(\.[^"]+)";', re.MULTILINE)
_STYLE: Final = re.compile(r'^ *<link rel="stylesheet" href="/page/(css/[\w.-]+)">\n', re.MULTILINE)
_SCRIPT: Final = re.compile(r'<script type="module" src="/page/(js/[\w./-]+)"></script>')


class PageFiles:
    """Reads a file when it is asked for, so that an edit shows with the next reload."""

    def html(self, request: web.Request, name: str) -> web.Response:
        """A page: its styles joined, and a `modulepreload` for every script, which a browser else finds level by level.

        https://developer.mozilla.org/en-US/docs/Web/HTML/Reference/Attributes/rel/modulepreload
        """
        text = (PAGE / name).read_text(encoding="utf-8")
        joined = f'    <link rel="stylesheet" href="/page/{name.removesuffix(".html")}.css">\n'
        text = _STYLE.sub(lambda hit: joined if hit.start() == first else "", text) if (first := _first(text)) else text
        script = _SCRIPT.search(text)
        if script is not None:
            links = [f'<link rel="modulepreload" href="/page/{module}">' for module in modules(script[1])]
            text = text.replace(script[0], "\n    ".join([*links, script[0]]))
        return _answer(request, text.encode(), "text/html")

    def asset(self, request: web.Request, name: str) -> web.Response:
        """A file of the page, or the joined styles of one of its pages."""
        page = PAGE / f"{name.removesuffix('.css')}.html"
        if name.endswith(".css") and "/" not in name and page.is_file():
            styles = _STYLE.findall(page.read_text(encoding="utf-8"))
            return _answer(request, b"\n".join((PAGE / style).read_bytes() for style in styles), "text/css")
        path = (PAGE / name).resolve()
        if not path.is_relative_to(PAGE.resolve()) or not path.is_file():
            raise web.HTTPNotFound(text="There is no such page.")
        return _answer(request, path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream")


def modules(entry: str) -> list[str]:
    """Every script that one needs, itself first, as paths below the page."""
    found = [entry]
    for name in found:
        for wanted in _IMPORT.findall((PAGE / name).read_text(encoding="utf-8")):
            module = (PAGE / name).parent.joinpath(wanted).resolve().relative_to(PAGE.resolve()).as_posix()
            if module not in found:
                found.append(module)
    return found


def _first(text: str) -> int:
    found = _STYLE.search(text)
    return found.start() if found else 0


def _answer(request: web.Request, body: bytes, kind: str) -> web.Response:
    tag = hashlib.sha256(body).hexdigest()[:20]
    headers = {"Cache-Control": "no-cache", "ETag": f'"{tag}"'}
    if any(known.value == tag for known in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    charset = None if kind.startswith("image/png") else "utf-8"
    return web.Response(body=body, content_type=kind, charset=charset, headers=headers)
