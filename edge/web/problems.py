"""One law: whatever goes wrong is answered by a problem document (RFC 9457) that says what to do.

Handlers are registered for exactly the type they take.
"""

import logging
from collections.abc import Mapping

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from edge.errors import Problem
from sync.facts import FactError

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)
_encoder = msgspec.json.Encoder()


class ProblemDocument(msgspec.Struct, omit_defaults=True):
    """What every error answers with.

    `code` and `case` are stable and for programs; `detail` says in English what is wrong and what
    to do; `field` names the place in the request, where there is one. `values` are what `detail`
    is about, for saying it in another language: the page on problems lists them by code and case.
    """

    type: str
    code: str
    title: str
    status: int
    detail: str
    field: str = ""
    case: str = ""
    values: dict[str, int | str] = {}


class Malformed(Problem):
    """The body is no JSON."""

    code, status, title = "malformed", 400, "The request cannot be read"


class Invalid(Problem):
    """A field is missing, unknown, of the wrong type or out of range."""

    code, status, title = "invalid", 422, "The request is not valid"


class NotAuthenticated(Problem):
    """No token, or one that is not (or no longer) known."""

    code, status, title = "not-authenticated", 401, "Who are you?"


class WrongPin(Problem):
    """The PIN that should approve something is wrong; who asks stays logged in."""

    code, status, title = "wrong-pin", 403, "The PIN is wrong"


class NotAllowed(Problem):
    """The token is known, its role is not enough."""

    code, status, title = "not-allowed", 403, "Not allowed"


class NotFound(Problem):
    """Nothing is known under that name."""

    code, status, title = "not-found", 404, "Not found"


class NotHeld(Problem):
    """The member's card is not held at this store."""

    code, status, title = "not-held", 404, "The card is not held here"


class TooLarge(Problem):
    """The body is over the limit."""

    code, status, title = "too-large", 413, "The request is too large"


class WrongMediaType(Problem):
    """The body is not declared as JSON."""

    code, status, title = "wrong-media-type", 415, "The request must be JSON"


class TooManyTries(Problem):
    """Too many wrong PINs."""

    code, status, title = "too-many-tries", 429, "Locked for a while"


class TooManyListeners(Problem):
    """Every place at the event stream is taken."""

    code, status, title = "too-many-listeners", 503, "Too many listeners"


class MethodNotAllowed(Problem):
    """The address knows other methods."""

    code, status, title = "method-not-allowed", 405, "Method not allowed"


class HttpError(Problem):
    """The web server refuses the request."""

    code, title = "http-error", "The request failed"


class Internal(Problem):
    """The node failed on a request."""

    code, status, title = "internal", 500, "The node failed on this request"


_HEADERS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": "Bearer"},
    503: {"Retry-After": "1"},
}


def problem_response(
    problem: Problem, headers: Mapping[str, str] | None = None, status: int = 0
) -> Response:
    """Render a problem; `status` where it is not that of its code."""
    document = ProblemDocument(
        type=f"urn:evertill:problem:{problem.code}",
        code=problem.code,
        title=problem.title,
        status=status or problem.status,
        detail=problem.detail,
        field=problem.field,
        case=problem.case,
        values=problem.values,
    )
    return Response(
        _encoder.encode(document), document.status, headers=headers, media_type=MEDIA_TYPE
    )


async def _on_problem(_request: Request, error: Problem) -> Response:
    return problem_response(error, _HEADERS.get(error.status))


async def _on_fact(_request: Request, error: FactError) -> Response:
    return problem_response(Invalid("fact", why=str(error)))


async def _on_http(_request: Request, error: HTTPException) -> Response:
    problem: Problem = HttpError("other", why=str(error.detail))
    if error.status_code == NotFound.status:
        problem = NotFound("address")
    elif error.status_code == MethodNotAllowed.status:
        problem = MethodNotAllowed("address")
    return problem_response(problem, error.headers, error.status_code)


async def _on_parameters(_request: Request, error: RequestValidationError) -> Response:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    return problem_response(Invalid("parameter", field, why=first["msg"]))


async def _on_surprise(request: Request, error: Exception) -> Response:
    route = getattr(request.scope.get("route"), "path", "?")  # a path may hold a card's code
    _log.error("%s %s failed", request.method, route, exc_info=error)
    return problem_response(Internal("request"))


def install(app: FastAPI) -> None:
    """Answer every failure of an app with a problem document."""
    app.exception_handler(Problem)(_on_problem)
    app.exception_handler(FactError)(_on_fact)
    app.exception_handler(HTTPException)(_on_http)
    app.exception_handler(RequestValidationError)(_on_parameters)
    app.exception_handler(Exception)(_on_surprise)
