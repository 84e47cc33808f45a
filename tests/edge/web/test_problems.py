"""What goes wrong in the node itself is told without what it was about."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from edge.web import problems


def test_a_fault_is_a_problem_and_its_log_names_no_code(caplog: pytest.LogCaptureFixture) -> None:
    app = FastAPI()
    problems.install(app)

    @app.get("/cards/{code}")
    def card(code: str) -> None:
        raise KeyError(len(code))

    client = TestClient(app, raise_server_exceptions=False)
    answer = client.get("/cards/8N4K-Z2QX")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "8N4K" not in caplog.text + answer.text
    assert "GET /cards/{code} failed" in caplog.text
