"""One law: a reference page is written from what the program itself declares, never by hand.

Neutral renderers, from an OpenAPI document, a typer app or a settings dataclass to Markdown, for
every program of the house. Each program has a command that writes its pages, and a test that fails
when they drift.
"""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer
import typer.main
from typer.cli import get_docs_for_click

GENERATED = "<!-- Generated from the program by `{command}`; edit the program, not this page. -->"
Schema = Mapping[str, Any]


def write_pages(directory: Path, pages: Mapping[str, str]) -> list[Path]:
    """Write pages by their path within a directory and return where they are."""
    for name, text in pages.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return [directory / name for name in pages]


def commands_page(name: str, app: typer.Typer, command: str) -> str:
    """Write the reference of a command-line program; `command` regenerates the page."""
    group = typer.main.get_command(app)
    text = get_docs_for_click(obj=group, ctx=typer.Context(group), name=name)
    return f"{GENERATED.format(command=command)}\n{text.strip()}\n"


def settings_page(
    title: str, introduction: str, settings: type, env_prefix: str, command: str
) -> str:
    """Write the reference of a settings dataclass whose fields carry `metadata["doc"]`."""
    lines = [
        GENERATED.format(command=command),
        f"# {title}",
        "",
        introduction,
        "",
        "| Setting | Type | Default | Meaning |",
        "|---|---|---|---|",
    ]
    for field in dataclasses.fields(settings):
        kind = {int: "whole number", str: "text", bool: "true or false"}.get(
            field.type if isinstance(field.type, type) else tuple, "tables"
        )
        default = "*(required)*" if field.default is dataclasses.MISSING else _code(field.default)
        lines.append(f"| `{field.name}` | {kind} | {default} | {_cell(field.metadata['doc'])} |")
    lines += ["", f"An environment variable wins over the file: `{env_prefix}` + the name in"]
    lines[-1] += f" capitals, such as `{env_prefix}{dataclasses.fields(settings)[0].name.upper()}`."
    return "\n".join(lines) + "\n"


def api_page(introduction: str, document: Schema, command: str) -> str:
    """Write the reference of an HTTP API from its OpenAPI document."""
    info = document["info"]
    lines = [GENERATED.format(command=command), f"# {info['title']}", "", introduction]
    groups: dict[str, list[tuple[str, str, Schema]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = operation.get("tags", ["other"])[0]
            groups.setdefault(tag, []).append((method.upper(), path, operation))
    lines += ["", "| Method | Address | |", "|---|---|---|"]
    for operations in groups.values():
        lines += [f"| {m} | `{p}` | {_cell(o.get('summary', ''))} |" for m, p, o in operations]
    for tag, operations in groups.items():
        lines += ["", f"## {tag[:1].upper()}{tag[1:]}"]
        for method, path, operation in operations:
            lines += ["", f"### {method} {path}", "", *_operation(operation)]
    lines += ["", "## Shapes"]
    for name, schema in sorted(document.get("components", {}).get("schemas", {}).items()):
        lines += ["", f"### {name}", "", *_shape(schema)]
    return "\n".join(lines) + "\n"


def _operation(operation: Schema) -> Iterator[str]:
    yield operation.get("description") or operation.get("summary", "")
    parameters = operation.get("parameters", [])
    if parameters:
        yield from ("", "| Parameter | In | Type | Meaning |", "|---|---|---|---|")
    for parameter in parameters:
        star = " *(required)*" if parameter.get("required") else ""
        meaning = parameter.get("description", "")
        kind = _kind(parameter.get("schema", {}))
        yield f"| `{parameter['name']}`{star} | {parameter['in']} | {kind} | {_cell(meaning)} |"
    body = operation.get("requestBody")
    if body:
        yield from ("", *_content("Body", body))
    for status, response in operation.get("responses", {}).items():
        if status != "default":
            yield from ("", *_content(f"Answer {status}", response))


def _content(what: str, content: Schema) -> Iterator[str]:
    text = content.get("description", "")
    media = content.get("content", {})
    if not media:
        yield f"**{what}** {text}".rstrip()
    for media_type, shape in media.items():
        kind = _kind(shape.get("schema", {}))
        yield f"**{what}** ({media_type}): {kind}" + (f" – {text}" if text else "")
        if "example" in shape:
            example = json.dumps(shape["example"], indent=2, ensure_ascii=False)
            yield from ("", "```json", example, "```")


def _shape(schema: Schema) -> Iterator[str]:
    yield schema.get("description", "").strip() or "A shape without further description."
    properties = schema.get("properties", {})
    if properties:
        yield from ("", "| Field | Type | Default | Meaning |", "|---|---|---|---|")
    required = schema.get("required", ())
    for name, field in properties.items():
        default = "*(required)*" if name in required else _code(field.get("default", ""))
        yield f"| `{name}` | {_kind(field)} | {default} | {_cell(field.get('description', ''))} |"
    if "enum" in schema:
        yield from ("", "One of " + ", ".join(_code(value) for value in schema["enum"]) + ".")


def _kind(schema: Schema) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(_kind(one) for one in schema[several])
    if "enum" in schema:
        return " or ".join(_code(value) for value in schema["enum"])
    kind = str(schema.get("type", "anything"))
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"map of {_kind(schema['additionalProperties'])}"
    return f"{schema.get('format', kind)}{_bounds(schema)}"


def _bounds(schema: Schema) -> str:
    low = schema.get("minimum", schema.get("minLength"))
    high = schema.get("maximum", schema.get("maxLength"))
    if low is None and high is None:
        return ""
    unit = "" if schema.get("type") == "integer" else " characters"
    if low is None:
        return f", up to {high}{unit}"
    return f", {low} or more{unit}" if high is None else f", {low} to {high}{unit}"


def _code(value: object) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`" if value != "" else '`""`'


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
