"""Whatever goes wrong is answered by a problem document (RFC 9457) that says what to do."""

import logging
from collections.abc import Mapping

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException

from central.errors import Problem

MEDIA_TYPE = "application/problem+json"
DOCUMENTED = {
    "description": "What is wrong and what to do (RFC 9457); nothing was changed.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_log = logging.getLogger(__name__)
_HEADERS: Mapping[int, dict[str, str]] = {
    401: {"WWW-Authenticate": "Bearer"},
    503: {"Retry-After": "2"},
}
_ADVICE = {
    400: (
        "malformed",
        "The request cannot be read",
        "The body is no JSON of a documented shape. Correct it and send it again.",
    ),
    404: ("not-found", "Not found", "There is nothing at this address; see /api/v1/openapi.json."),
    405: (
        "method-not-allowed",
        "Method not allowed",
        "This address knows other methods; see the header Allow and /api/v1/openapi.json.",
    ),
    413: ("too-large", "The request is too large", "Send at most 1 MiB in one request."),
}


def respond(status: int, code: str, title: str, detail: str, field: str = "") -> Response:
    """Render a problem document."""
    document = {
        "type": f"urn:evertill:problem:{code}",
        "code": code,
        "title": title,
        "status": status,
        "detail": detail,
    }
    if field:
        document["field"] = field
    body = msgspec.json.encode(document)
    return Response(body, status, headers=_HEADERS.get(status), media_type=MEDIA_TYPE)


async def _on_problem(_request: Request, error: Problem) -> Response:
    return respond(error.status, error.code, error.title, error.detail, error.field)


async def _on_http(_request: Request, error: HTTPException) -> Response:
    code, title, detail = _ADVICE.get(
        error.status_code, ("http-error", "The request failed", str(error.detail))
    )
    response = respond(error.status_code, code, title, detail)
    response.headers.update(error.headers or {})
    return response


async def _on_shape(_request: Request, error: RequestValidationError) -> Response:
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    if first["type"] == "json_invalid":
        detail = "The body is no JSON. Correct it and send it again."
        return respond(400, "malformed", "The request cannot be read", detail)
    field = ".".join(place[1:] or place)
    detail = f"{field}: {first['msg']}. Correct it and send the request again."
    return respond(422, "invalid", "The request is not valid", detail, field)


async def _on_data(_request: Request, _error: DataError) -> Response:
    detail = "A text in it holds a character that nothing is called by (NUL). Leave it out."
    return respond(422, "invalid", "The request is not valid", detail)


async def _on_database(_request: Request, error: OperationalError) -> Response:
    _log.error("the database does not answer: %s", error)
    detail = "The database does not answer; nothing was changed. Try again in a moment."
    return respond(503, "database-away", "Headquarters cannot reach its database", detail)


async def _on_surprise(request: Request, error: Exception) -> Response:
    route = getattr(request.scope.get("route"), "path", "?")  # a path may hold a card's code
    _log.error("%s %s failed", request.method, route, exc_info=error)
    detail = (
        "Nothing is known to be wrong with the request. Send it again with the same"
        " Idempotency-Key: it is carried out once. If it fails again, look into the log."
    )
    return respond(500, "internal", "Headquarters failed on this request", detail)


def install(app: FastAPI) -> None:
    """Answer every failure of an app with a problem document."""
    app.exception_handler(Problem)(_on_problem)
    app.exception_handler(HTTPException)(_on_http)
    app.exception_handler(RequestValidationError)(_on_shape)
    app.exception_handler(DataError)(_on_data)
    app.exception_handler(OperationalError)(_on_database)
    app.exception_handler(Exception)(_on_surprise)
