"""A request body is bounded before anybody reads it."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from central.web.problems import respond

BODY_MAX_BYTES = 1024 * 1024


class _TooLargeError(Exception):
    pass


class BodyLimit:
    """Refuses larger bodies with 413, whether their length is announced or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, as long as its body stays within the limit."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen, answered = 0, False

        async def bounded() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > BODY_MAX_BYTES:
                raise _TooLargeError
            return message

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        length = dict(scope["headers"]).get(b"content-length", b"0")
        try:
            if not length.isdigit() or int(length) > BODY_MAX_BYTES:
                raise _TooLargeError
            await self._app(scope, bounded, noted)
        except _TooLargeError:
            if not answered:
                title, detail = "The request is too large", "Send at most 1 MiB in one request."
                await respond(413, "too-large", title, detail)(scope, receive, send)
