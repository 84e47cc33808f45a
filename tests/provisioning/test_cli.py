"""The command line of provisioning says what it does, and its reference page says the same."""

from pathlib import Path

from typer.testing import CliRunner

from provisioning.cli import PAGE, app, reference_page

DOCS = Path(__file__).parents[2] / "docs"


def test_the_reference_page_is_up_to_date() -> None:
    written = (DOCS / PAGE).read_text("utf-8")
    assert written == reference_page(), (
        "run `evertill-provision docs docs` and commit what it wrote"
    )


def test_docs_are_written_where_asked(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["docs", str(tmp_path)]).exit_code == 0
    assert (tmp_path / PAGE).read_text("utf-8") == reference_page()


def test_bad_options_are_refused_by_name() -> None:
    for option, value in (("--stores", "2"), ("--port", "80"), ("--story", "twice")):
        done = CliRunner().invoke(app, ["demo", option, value])
        assert done.exit_code == 2
        assert option in done.output
