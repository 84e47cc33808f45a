"""People sign in to the status page with a token, once; a cookie then stands for it.

The cookie names a session of this process and nothing else; it opens the page, never the API.
"""

from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from central import totals, views
from central.access import Caller, caller_of
from central.web.page import Picture, login_page, status_page
from central.web.site import At, Site
from central.web.words import choose

router = APIRouter(include_in_schema=False)
COOKIE = "evertill_page"
SESSION_MS = 12 * 3_600_000
SESSIONS_MAX = 1_000
_FORM_MAX = 4_096
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
Asked = Annotated[str, Query(max_length=8)]
Accepted = Annotated[str, Header(alias="Accept-Language")]


@dataclass(slots=True)
class Sessions:
    """Who is signed in to the page of this process."""

    _held: dict[str, tuple[str, int]] = field(default_factory=dict)

    def open(self, token: str, name: str, now_ms: int) -> None:
        """Begin a session under a random name."""
        self._held = {held: entry for held, entry in self._held.items() if entry[1] > now_ms}
        while len(self._held) >= SESSIONS_MAX:
            del self._held[next(iter(self._held))]
        self._held[name] = (token, now_ms + SESSION_MS)

    def token(self, name: str, now_ms: int) -> str | None:
        """Return the token a session stands for, None for one that is over."""
        token, until_ms = self._held.get(name, ("", 0))
        return token if until_ms > now_ms else None

    def close(self, name: str) -> None:
        """End a session."""
        self._held.pop(name, None)


def _who(request: Request, site: Site) -> Caller | None:
    sessions: Sessions = request.app.state.sessions
    token = sessions.token(request.cookies.get(COOKIE, ""), site.clock())
    if token is None:
        return None
    with site.store.read() as connection:
        return caller_of(connection, token)


@router.get("/")
def status(request: Request, site: At, lang: Asked = "", accepted: Accepted = "") -> Response:
    """Show the status page, or ask for a token."""
    language = choose(lang or request.cookies.get("lang", ""), accepted)
    if _who(request, site) is None:
        page = login_page(language, failed=False)
    else:
        with site.store.read() as connection:
            picture = Picture(
                site.settings.chain,
                language,
                site.clock(),
                site.settings.currency_exponent,
                views.stores(connection, site.clock()),
                totals.by_day(connection, limit=30),
                views.quarantined(connection, limit=30),
                views.tasks(connection, limit=30),
            )
        page = status_page(picture)
    response = HTMLResponse(page, headers=_HEADERS)
    if lang:
        response.set_cookie("lang", language, samesite="strict", httponly=True)
    return response


@router.post("/login")
async def login(request: Request, site: At, lang: Asked = "", accepted: Accepted = "") -> Response:
    """Open a session for a good token."""
    body = await request.body()
    form = parse_qs(body[:_FORM_MAX].decode("utf-8", "replace"))
    token = form.get("token", [""])[0].strip()
    if await run_in_threadpool(_is_good, site, token):
        name = site.random(32).hex()
        request.app.state.sessions.open(token, name, site.clock())
        response: Response = RedirectResponse("/", 303)
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, name, httponly=True, samesite="strict", secure=secure)
        return response
    page = login_page(choose(lang, accepted), failed=True)
    return HTMLResponse(page, 401, headers=_HEADERS)


def _is_good(site: Site, token: str) -> bool:
    with site.store.read() as connection:
        return caller_of(connection, token) is not None


@router.post("/logout")
def logout(request: Request) -> Response:
    """End the session."""
    request.app.state.sessions.close(request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/", 303)
    response.delete_cookie(COOKIE)
    return response
