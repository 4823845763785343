"""The command `validate`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brokerspec.commands.arguments import complete_rules
from brokerspec.console import people
from brokerspec.diagnostics import Diagnostic, Severity
from brokerspec.reports import Checked, Format, Report, Reported, RuleInfo, render
from brokerspec.reports.fingerprint import base_of, fingerprint
from brokerspec.reports.text import show_report, summary

if TYPE_CHECKING:
    from brokerspec.catalogue import Selection
    from brokerspec.ignores import Entry


def validate(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Specs, or folders that hold some; `specs` if none.")
    ] = None,
    *,
    form: Annotated[Format, typer.Option("--format", help="The form of the report.")] = Format.TEXT,
    output: Annotated[
        Path | None, typer.Option(help="The file that gets the report, instead of the terminal.")
    ] = None,
    rules: Annotated[
        str,
        typer.Option(
            metavar="house|openapi|CODE,…",
            help="Which rules: all of this project, only those of OpenAPI, or some by code.",
            autocompletion=complete_rules,
        ),
    ] = "house",
    ignore: Annotated[
        Path | None,
        typer.Option(help="The file of accepted findings; .brokerspec-ignore.yaml if none."),
    ] = None,
    show_fingerprints: Annotated[
        bool, typer.Option("--show-fingerprints", help="Show what the ignore file has to name.")
    ] = False,
    docs_url: Annotated[
        str,
        typer.Option(
            metavar="URL",
            envvar="BROKERSPEC_DOCS_URL",
            help="Where the folder docs/ of this tool is published; SARIF then links to it.",
        ),
    ] = "",
) -> None:
    """Check specs: OpenAPI, extension keys, house rules, and examples against schemas."""
    from brokerspec.catalogue import selection
    from brokerspec.ignores import find_ignores, read_ignores
    from brokerspec.project import find_root, specs_in

    chosen = selection(word.strip() for word in rules.split(",") if word.strip())
    accepted = ignore or find_ignores(Path.cwd())
    entries = read_ignores(accepted) if accepted else ()
    given = paths or [find_root(Path.cwd()) / "specs"]
    specs = list(dict.fromkeys(spec for path in given for spec in specs_in(path)))
    base = base_of(Path.cwd())
    checked = _check(specs, chosen, entries, base)
    described = _described(chosen, docs_url) if form in (Format.SARIF, Format.JUNIT) else ()
    report = Report("validate", checked, described, base, show_fingerprints)
    _deliver(report, form, output)
    raise typer.Exit(_code(report))


def _check(
    specs: Iterable[Path], chosen: Selection, entries: tuple[Entry, ...], base: Path
) -> tuple[Checked, ...]:
    from brokerspec.ignores import apply_ignores, stale
    from brokerspec.load import label_of
    from brokerspec.validate import validate as check

    # An entry holds until its day is over where this runs.
    today = datetime.now().astimezone().date()
    checked: list[Checked] = []
    for spec in specs:
        found = _reported(check(spec, chosen), base)
        checked.append(Checked(label_of(spec), tuple(apply_ignores(found, entries, today))))
    if chosen.is_whole:
        files = [one.file for one in checked]
        every = [item for one in checked for item in one.findings]
        late = _reported(sorted(stale(entries, every, files, today, base)), base)
        checked += [Checked("", tuple(late))] if late else []
    return tuple(checked)


def _reported(found: Iterable[Diagnostic], base: Path) -> list[Reported]:
    return [Reported(item, fingerprint(item, base)) for item in found]


def _described(chosen: Selection, docs_url: str) -> tuple[RuleInfo, ...]:
    from brokerspec.catalogue import page

    start = f"{docs_url.rstrip('/')}/rules/" if docs_url else ""
    return tuple(
        RuleInfo(
            rule.code,
            rule.level,
            rule.summary,
            page(rule.code),
            f"{start}{rule.code}.md" if start else "",
        )
        for rule in chosen.rules
    )


def _deliver(report: Report, form: Format, output: Path | None) -> None:
    if output is not None:
        output.write_text(render(report, form), encoding="utf-8", newline="\n")
    elif form is Format.TEXT:
        show_report(report, people())
        return
    else:
        typer.echo(render(report, form), nl=False)
    people().print(summary(report))


def _code(report: Report) -> int:
    """Return 2 for a spec of which nothing could be read, 1 for errors, else 0."""
    from brokerspec.catalogue import UNREADABLE

    for one in report.checked:
        for item in one.findings:
            where = item.diagnostic.where
            if item.diagnostic.code in UNREADABLE and where and where.file == one.file:
                return 2
    return 1 if report.count(Severity.ERROR) else 0
