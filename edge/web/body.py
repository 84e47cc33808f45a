"""One law: bytes from outside become a typed, range-checked value at once, or a problem document.

Integers are integers: 1.0, true, "1" and NaN are refused. Unknown fields are refused too, since a
misspelt discount would otherwise be lost in silence; so nothing nests deeper than its type.
"""

import re
from typing import TypeVar

import msgspec
from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from edge.web.problems import Invalid, Malformed, TooLarge, WrongMediaType

BODY_MAX_BYTES = 256 * 1024
T = TypeVar("T")
_encoder = msgspec.json.Encoder()
_PLACE = re.compile(r" - at `(?:key in )?\$\.?(?P<place>[^`]*)`$")
_JSON = re.compile(r"application/json *(; *charset=\"?utf-8\"? *)?", re.IGNORECASE)


async def read_body(
    request: Request, decoder: msgspec.json.Decoder[T], most: int = BODY_MAX_BYTES
) -> T:
    """Read and decode a JSON body of `most` bytes; raise the problem that says what to correct."""
    if not _JSON.fullmatch(request.headers.get("content-type", "")):
        raise WrongMediaType("body")
    return decode(await _bytes(request, most), decoder)


async def _bytes(request: Request, most: int) -> bytes:
    """Read a body; raise TooLarge as soon as it is announced or found to be over the limit."""
    data = b""
    announced = int(request.headers.get("content-length", 0))
    try:
        async for chunk in request.stream():
            data += chunk
            if max(announced, len(data)) > most:
                raise TooLarge("body", most=most // 1024)
    except ClientDisconnect:  # who hung up reads no answer, and nothing is wrong with the node
        raise Malformed("cut") from None
    return data


def decode(data: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode JSON into a decoder's type; raise Malformed or Invalid."""
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed("json", why=str(error)) from None
    except RecursionError:
        raise Malformed("deep") from None


def _invalid(text: str) -> Invalid:
    match = _PLACE.search(text)
    place = match["place"] if match else ""
    what = text[: match.start()] if match else text
    where = f"{place}: " if place else ""
    return Invalid("body", place, where=where, why=what)


def reply(value: object, status: int = 200) -> Response:
    """Encode an answer as JSON."""
    return Response(_encoder.encode(value), status, media_type="application/json")
