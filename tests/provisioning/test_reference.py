"""Reference pages show what OpenAPI, settings and commands declare."""

from dataclasses import dataclass, field

import pytest
import typer

from provisioning.reference import api_page, commands_page, settings_page

DOCUMENT = {
    "info": {"title": "Tea API", "version": "1"},
    "paths": {
        "/teas/{name}": {
            "put": {
                "tags": ["teas"],
                "summary": "Keep a tea",
                "description": "Keep a tea, green | black.",
                "parameters": [
                    {
                        "name": "name",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "maxLength": 9},
                    }
                ],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Tea"},
                            "example": {"grams": 5},
                        }
                    }
                },
                "responses": {
                    "201": {"description": "Kept."},
                    "default": {"description": "Not shown for every endpoint."},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Tea": {
                "description": "A tea.",
                "properties": {
                    "grams": {"type": "integer", "minimum": 1, "description": "How much."},
                    "notes": {
                        "anyOf": [
                            {"type": "array", "items": {"type": "string"}},
                            {"type": "null"},
                        ],
                        "default": None,
                    },
                    "by_year": {
                        "type": "object",
                        "additionalProperties": {"type": "integer", "maximum": 3},
                        "default": {},
                    },
                    "kind": {"enum": ["green", "black"], "default": "green"},
                },
                "required": ["grams"],
            }
        }
    },
}


@dataclass(frozen=True)
class Pot:
    size_ml: int = field(metadata={"doc": "How large | how wide."})
    colour: str = field(default="", metadata={"doc": "Which colour."})


@pytest.mark.parametrize(
    "line",
    [
        "# Tea API",
        "| PUT | `/teas/{name}` | Keep a tea |",
        "## Teas",
        "Keep a tea, green | black.",
        "| `name` *(required)* | path | string, up to 9 characters |  |",
        "**Body** (application/json): [Tea](#tea)",
        '  "grams": 5',
        "**Answer 201** Kept.",
        "### Tea",
        "| `grams` | integer, 1 or more | *(required)* | How much. |",
        "| `notes` | list of string or null | `null` |  |",
        "| `by_year` | map of integer, up to 3 | `{}` |  |",
        '| `kind` | `"green"` or `"black"` | `"green"` |  |',
    ],
)
def test_an_api_page_shows(line: str) -> None:
    lines = api_page("About tea.", DOCUMENT, "make docs").splitlines()
    assert lines[0].startswith("<!-- Generated from the program by `make docs`")
    assert "About tea." in lines
    assert line in lines


def test_a_settings_page_shows_every_setting() -> None:
    page = settings_page("Pots", "A pot.", Pot, "POT_", "make docs")
    assert "| `size_ml` | whole number | *(required)* | How large \\| how wide. |" in page
    assert '| `colour` | text | `""` | Which colour. |' in page
    assert "`POT_SIZE_ML`" in page


def test_a_commands_page_shows_every_command() -> None:
    app = typer.Typer(help="Brews.")

    @app.command()
    def brew() -> None:
        """Brew a pot."""

    @app.command()
    def pour() -> None:
        """Pour a cup."""

    page = commands_page("teapot", app, "make docs")
    assert "## `teapot brew`\n\nBrew a pot." in page
    assert "## `teapot pour`\n\nPour a cup." in page
