"""A request that headquarters cannot carry out says why and what to do, and changes nothing."""


class Problem(Exception):  # noqa: N818 - a refusal with its reason, not a fault of the program
    """Why something was not done; becomes an RFC 9457 problem document or a line of the CLI.

    `code` is stable and for programs, `title` names the kind of problem, `detail` says what to do
    in this case, `field` names the input to correct.
    """

    code = "invalid"
    status = 422
    title = "The request cannot be carried out"

    def __init__(self, detail: str, field: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field


class Invalid(Problem):
    """An input has a value it must not have."""


class NotFound(Problem):
    """There is nothing under this name."""

    code = "not-found"
    status = 404
    title = "There is nothing under this name"


class Conflict(Problem):
    """The same key was used for something else, or the state forbids it."""

    code = "conflict"
    status = 409
    title = "This contradicts what is already there"


class NotEnoughRights(Problem):
    """A store has not granted as much as is to be promised."""

    code = "not-enough-rights"
    status = 409
    title = "The store has not granted that much"


class NotAdopted(Problem):
    """Since headquarters was restored, it has not heard from this store."""

    code = "not-adopted"
    status = 409
    title = "Nothing can be promised from this store yet"


class NotAllowed(Problem):
    """Who asks may not do this."""

    code = "not-allowed"
    status = 403
    title = "You may not do this"


class NotKnown(Problem):
    """Who asks did not say who they are."""

    code = "not-authenticated"
    status = 401
    title = "Say who you are"


class Unprepared(Problem):
    """The data directory or database is not ready for what is asked."""

    code = "unprepared"
    status = 503
    title = "Headquarters is not ready for this"
