"""kg coverage, kg agreement."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import data_option, json_option, texts_option

__all__ = ["agreement", "coverage"]


@click.command()
@data_option
@texts_option
@json_option
@click.option("--source", help="Only this source, by its slug.")
def coverage(data: Path | None, texts: Path | None, as_json: bool, source: str | None) -> None:
    """Show which parts of each text its statements cover, and why the rest holds no fact.

    Exit 1 when something is uncovered without a reason.

    Example: kg coverage --source igf-2021-ws49
    """
    from kg import coverage as covering
    from kg import folders, vocabulary
    from kg.errors import BadUse
    from kg.facts import load
    from kg.sources import read_texts

    project = load(folders.data_folder(data), vocabulary.load())
    only = f"src:{source.removeprefix('src:')}" if source else None
    if only and only not in project.coverage:
        names = ", ".join(name.removeprefix("src:") for name in sorted(project.coverage))
        remedy = f"use one of {names}" if names else "no source has a coverage file, so leave --source out"
        raise BadUse(f"there is no source {source!r} with a text: {remedy}")
    folder = folders.texts_folder(texts)
    at_hand = read_texts(folder, project)[0] if folder else {}
    if as_json:
        click.echo(covering.as_json(project, only).decode("utf-8"), nl=False)
    else:
        for made in covering.report(project):
            if not only or made.source == only:
                _print_report(made, at_hand.get(made.source))
        if not at_hand:
            click.echo("No texts at hand: offsets are those recorded; --texts DIR shows the words.", err=True)
    issues = covering.check(project)
    for issue in issues:
        click.echo(f"error: {issue}", err=True)
    if issues:
        raise click.exceptions.Exit(1)


def _print_report(made: object, text: str | None) -> None:
    from kg.coverage import Report

    assert isinstance(made, Report)
    percent = 100 * made.covered_characters / (made.characters or 1)
    click.echo(
        f"{made.source}: {made.statements} statements cover {percent:.1f} % of the characters and "
        f"{made.covered_sentences} of {made.sentences} sentences; {len(made.remaining)} stretches remain"
    )
    for stretch in made.remaining:
        words = f" {text[stretch.start : stretch.end]!r}" if text else ""
        click.echo(f"  {stretch.start}-{stretch.end}{words}: {stretch.reason or 'NO REASON RECORDED'}")


@click.command()
@data_option
@json_option
def agreement(data: Path | None, as_json: bool) -> None:
    """Compare the two independent readings of each text.

    For each source: what both found, what each found alone, and Cohen's kappa of their judgements.

    Example: kg agreement --json
    """
    from kg import folders
    from kg.agreement import compare, read
    from kg.errors import BadUse

    folder = folders.data_folder(data) / "readings"
    found = sorted(path.parent for path in folder.glob("*/first.tsv") if (path.parent / "second.tsv").is_file())
    if not found:
        raise BadUse(f"{folder} holds no pair of readings: put first.tsv and second.tsv into <source>/ there")
    made = []
    for path in found:
        first, second = (read(path / name, f"readings/{path.name}/{name}") for name in ("first.tsv", "second.tsv"))
        made.append(compare(path.name, first, second))
    if as_json:
        import json
        from dataclasses import asdict

        click.echo(json.dumps([asdict(one) | {"shared": one.shared} for one in made], indent=1))
        return
    head = ("source", "both", "first only", "second only", "shared", "status", "modality", "reading", "relation")
    click.echo("  ".join(name.ljust(28) if i == 0 else name.rjust(11) for i, name in enumerate(head)))
    for one in made:
        cells = [str(one.both), str(one.only_first), str(one.only_second), f"{one.shared:.3f}"]
        cells += [f"{one.kappas[name]:.3f}" for name in head[5:]]
        click.echo("  ".join([one.source.ljust(28), *(cell.rjust(11) for cell in cells)]))
    click.echo("shared: Dice; status to relation: Cohen's kappa over what both found", err=True)
