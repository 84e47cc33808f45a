"""The app is made from a site, nothing is global; only health and the login page are open."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text

from central.web import (
    catalogue,
    entitlements,
    members,
    metrics,
    people,
    problems,
    purchasing,
    reading,
    shifts,
    stores,
)
from central.web.limit import BodyLimit
from central.web.shapes import HealthOut, ProblemOut
from central.web.site import At, Reader, Site

VERSION = "0.1.0"
DESCRIPTION = (
    "Stock, sales and stores of the chain, and what headquarters decides. Authenticate with"
    " `Authorization: Bearer TOKEN`. Money is in minor units, quantities in base units, times in"
    " UTC milliseconds. Errors are RFC 9457 problem documents that say what to do."
)

_open = APIRouter(tags=["status"])


@_open.get("/api/v1/health", summary="Health", openapi_extra={"security": []})
def health(site: At) -> HealthOut:
    """Answer once the database answers; needs no token and tells nothing else."""
    with site.store.read() as connection:
        connection.execute(text("SELECT 1"))
    return HealthOut(status="ok")


@_open.get("/api/v1/openapi.json", include_in_schema=False)
def document(request: Request, _: Reader) -> JSONResponse:
    """Describe this API (OpenAPI 3.1)."""
    return JSONResponse(request.app.openapi())


class App(FastAPI):
    """FastAPI with the problem document and the security of this API in its OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        """Describe the API."""
        described = super().openapi()
        components = described["components"]
        components["schemas"]["Problem"] = ProblemOut.model_json_schema()
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        described["security"] = [{"token": []}]
        return described


def create_app(site: Site | None) -> FastAPI:
    """Make the app that serves a site; without one it can only be described."""
    app = App(
        title="Evertill headquarters",
        version=VERSION,
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        responses={"default": problems.DOCUMENTED},
    )
    app.state.site = site
    app.state.sessions = people.Sessions()
    app.add_middleware(BodyLimit)
    problems.install(app)
    for router in (
        reading.router,
        shifts.router,
        purchasing.router,
        catalogue.router,
        stores.router,
        members.router,
        entitlements.router,
    ):
        app.include_router(router, prefix="/api/v1")
    app.include_router(_open)
    app.include_router(metrics.router)
    app.include_router(people.router)
    return app
