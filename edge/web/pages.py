"""One law: the till's files are served as they were built; a new build is seen at the next start.

Files whose names carry a hash of their content never change and are kept for good; all others are
asked for anew each time and answered by their ETag.
"""

import mimetypes
import re
from hashlib import blake2b
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

BUILT = Path(__file__).parent.parent / "till" / "dist"
NOT_BUILT = """\
The till has not been built on this machine.

Run `scripts/till` in Evertill's checkout (`scripts/setup` does it too), then load this page again.
The node itself is running: its API answers at /api/v1/.
"""
_POLICY = (
    "default-src 'self'; connect-src 'self'; img-src 'self' blob: data:; style-src 'self';"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_HASHED = re.compile(r"assets/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+")
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
}


def pages_router(built: Path = BUILT) -> APIRouter:
    """Make the routes of the till's files in a folder."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    @router.get("/till")
    async def to_the_till() -> Response:
        return RedirectResponse("/till/")

    @router.get("/till/{path:path}")
    @router.head("/till/{path:path}")
    def get_page(request: Request, path: str) -> Response:
        return _answer(built, path, request.headers.get("if-none-match", ""))

    return router


def _answer(built: Path, path: str, known: str) -> Response:
    """Answer with a file; an address without one is the application's to show."""
    if not (built / "index.html").is_file():
        return PlainTextResponse(NOT_BUILT, 503, _HEADERS)
    file = _file(built, path)
    if file is None and "." in path.rpartition("/")[2]:
        again = "There is no such file of the till: load /till/ again.\n"
        return PlainTextResponse(again, 404, _HEADERS)
    name, file = ("index.html", built / "index.html") if file is None else (path, file)
    data = file.read_bytes()
    headers = {
        **_HEADERS,
        "ETag": f'"{blake2b(data, digest_size=12).hexdigest()}"',
        "Cache-Control": "no-cache",
    }
    if _HASHED.fullmatch(name):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if name == "sw.js":
        headers["Service-Worker-Allowed"] = "/till/"
    if headers["ETag"] in known:
        return Response(status_code=304, headers=headers)
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(data, headers=headers, media_type=kind)


def _file(built: Path, path: str) -> Path | None:
    """Find a file inside the folder, and never outside it."""
    try:
        file = (built / path).resolve()
        return file if path and file.is_relative_to(built.resolve()) and file.is_file() else None
    except (OSError, ValueError):  # no file has a name that is this long, or has a NUL in it
        return None
