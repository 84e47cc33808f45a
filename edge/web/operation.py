"""One law: an endpoint's documentation is made of the very types it decodes and encodes."""

from typing import Any

import msgspec

from edge.web.problems import MEDIA_TYPE, ProblemDocument

_REF = "#/components/schemas/{name}"
FILES = ("image/png", "application/pdf")


def reference(shape: type) -> dict[str, str]:
    """Point to a documented shape."""
    return {"$ref": _REF.format(name=shape.__name__)}


def operation(
    answer: type,
    *,
    status: int = 200,
    body: type | None = None,
    example: object = None,
    repeat: bool = False,
    maybe: bool = False,
    media_type: str = "application/json",
    files: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Describe an endpoint to OpenAPI; `repeat`: a repeated id is answered with 200, not 201.

    `maybe`: it may answer null. `files`: the media types of files it answers with when asked to.
    """
    shape: dict[str, Any] = reference(answer)
    content: dict[str, Any] = {
        media_type: {"schema": {"anyOf": [shape, {"type": "null"}]} if maybe else shape}
    }
    content |= {kind: {"schema": {"type": "string", "format": "binary"}} for kind in files}
    responses: dict[int | str, dict[str, Any]] = {
        status: {"description": "Done and durable." if repeat else "Found.", "content": content},
        "default": {
            "description": "What is wrong and what to do (RFC 9457); nothing was changed.",
            "content": {MEDIA_TYPE: {"schema": reference(ProblemDocument)}},
        },
    }
    if repeat:
        responses[200] = {
            "description": "A repeat: this id was carried out before; this is its outcome.",
            "content": content,
        }
    described: dict[str, Any] = {
        "status_code": status,
        "responses": responses,
        "response_model": None,
    }
    if body is not None:
        media: dict[str, Any] = {"schema": reference(body)}
        if example is not None:
            media["example"] = example
        described["openapi_extra"] = {
            "requestBody": {"required": True, "content": {"application/json": media}}
        }
    return described


def schemas(shapes: tuple[type, ...]) -> dict[str, Any]:
    """Describe shapes, and what they consist of, as OpenAPI components."""
    _, components = msgspec.json.schema_components(shapes, ref_template=_REF)
    return components
