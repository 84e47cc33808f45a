"""The till's files come with the right types and are kept exactly as long as they may be."""

import asyncio
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from edge.web.pages import pages_router


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A small build."""
    files = {
        "index.html": "<!doctype html><title>till</title>",
        "sw.js": "self",
        "assets/main-Dk3_x9Qa.js": "go()",
        "assets/logo.svg": "<svg/>",
        "manifest.webmanifest": "{}",
    }
    for name, text in files.items():
        file = tmp_path / "dist" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    return tmp_path / "dist"


class Browser:
    """Whoever asks for pages."""

    def __init__(self, built: Path) -> None:
        self._app = FastAPI()
        self._app.include_router(pages_router(built))

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """Ask for a page."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://till") as client:
                return await client.get(path, headers=headers)

        return asyncio.run(ask())


@pytest.fixture
def browser(built: Path) -> Browser:
    """Somebody with a till that is built."""
    return Browser(built)


@pytest.mark.parametrize("path", ["/", "/till"])
def test_the_address_alone_leads_to_the_till(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["location"]) == (307, "/till/")


@pytest.mark.parametrize(
    ("path", "kind", "kept"),
    [
        ("", "text/html; charset=utf-8", "no-cache"),
        ("index.html", "text/html; charset=utf-8", "no-cache"),
        ("sell/pay", "text/html; charset=utf-8", "no-cache"),
        ("sw.js", "text/javascript; charset=utf-8", "no-cache"),
        (
            "assets/main-Dk3_x9Qa.js",
            "text/javascript; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
        ("assets/logo.svg", "image/svg+xml", "no-cache"),
        ("manifest.webmanifest", "application/manifest+json", "no-cache"),
    ],
)
def test_a_file_has_its_type_and_its_time(
    browser: Browser, path: str, kind: str, kept: str
) -> None:
    answer = browser.get(f"/till/{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    assert answer.headers["cache-control"] == kept
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert ("service-worker-allowed" in answer.headers) == (path == "sw.js")
    again = browser.get(f"/till/{path}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/till/nothing.js",
        "/till/../secret.txt",
        "/till/%2e%2e/secret.txt",
        "/till/..%2fsecret.txt",
        "/till/%00.js",
        f"/till/{'a' * 5_000}.js",
    ],
)
def test_nothing_else_is_served(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_no_browser_guesses_what_a_file_is(browser: Browser) -> None:
    for path in ("/till/", "/till/nothing.js"):
        assert browser.get(path).headers["x-content-type-options"] == "nosniff"


def test_a_till_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    answer = Browser(tmp_path).get("/till/")
    assert answer.status_code == 503
    assert "scripts/till" in answer.text
