"""A report as a file: Markdown, JSON, CSV, HTML. Pure."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from html import escape
from typing import Any

from bot.reports.model import Report, Section, Table
from bot.reports.words import decision, late, span, title, told

Format = Callable[[Report], str]


def as_markdown(report: Report) -> str:
    lines = [f"# {_markdown(title(report))}", "", _under(report), ""]
    if asked := decision(report):
        lines += [f"**To decide:** {_markdown(asked)}", ""]
    for each in report.sections:
        lines += [f"## {_markdown(each.title)}", "", f"{_standing(each)}: {_markdown(_said(each))}", ""]
        if each.connect:
            continue
        lines += [f"- {_markdown(line)}" for line in (*map(told, each.figures), *each.lines)]
        if each.table is not None:
            lines += ["", *_markdown_table(each.table)]
        if each.decision:
            lines += ["", f"To decide: {_markdown(each.decision)}"]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def as_json(report: Report) -> str:
    def plain(value: Any) -> Any:
        if isinstance(value, timedelta):
            return value.total_seconds()
        return value.isoformat() if isinstance(value, datetime) else str(value)

    return json.dumps(asdict(report), default=plain, ensure_ascii=False, indent=2) + "\n"


def as_csv(report: Report) -> str:
    """The tables as they are, then every figure in a row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for each in report.sections:
        if each.table is not None:
            writer.writerow([each.title])
            writer.writerow(each.table.columns)
            writer.writerows([_cell(cell) for cell in row] for row in each.table.rows)
            writer.writerow([])
    writer.writerow(["section", "figure", "value", "unit", "target", "verdict", "n"])
    for each in report.sections:
        for figure in each.figures:
            value = "" if figure.value is None else f"{figure.value:g}"
            writer.writerow(
                [
                    each.name,
                    _cell(figure.name),
                    *(value, figure.unit, figure.target, figure.verdict),
                    "" if figure.n is None else figure.n,
                ]
            )
    return out.getvalue()


def as_html(report: Report) -> str:
    """One page that needs nothing else; readable on light and dark."""
    parts = [f"<h1>{escape(title(report))}</h1><p>{escape(_under(report))}</p>"]
    if asked := decision(report):
        parts.append(f"<p><strong>To decide:</strong> {escape(asked)}</p>")
    for each in report.sections:
        parts.append(f"<section class='{each.verdict}'><h2>{escape(each.title)}</h2>")
        parts.append(f"<p>{_standing(each)}: {escape(_said(each))}</p>")
        if not each.connect:
            parts.append(_html_section(each))
        parts.append("</section>")
    style = (
        ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;"
        "margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}"
        "td,th{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #8884}"
        "td:first-child,th:first-child{text-align:left}"
    )
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>"
        f"<title>{escape(title(report))}</title><style>{style}</style></head>"
        f"<body>{''.join(parts)}</body></html>\n"
    )


FORMATS: Mapping[str, Format] = {"md": as_markdown, "json": as_json, "csv": as_csv, "html": as_html}


def _standing(found: Section) -> str:
    return "not connected" if found.connect else str(found.verdict)


def _said(found: Section) -> str:
    return found.connect or found.headline


def _markdown(text: str) -> str:
    """What somebody typed, without a meaning of its own."""
    return re.sub(r"([\\`*_<\[])", r"\\\1", text)


def _under(report: Report) -> str:
    return " ".join(part for part in (f"{span(report.period)}.", late(report)) if part)


def _markdown_table(table: Table) -> list[str]:
    def row(cells: list[str]) -> str:
        return "| " + " | ".join(_markdown(cell).replace("|", "\\|") for cell in cells) + " |"

    head = [row(list(table.columns)), row(["---"] * len(table.columns))]
    return [*head, *(row([_text(cell) for cell in cells]) for cells in table.rows)]


def _html_section(found: Section) -> str:
    lines = [*(told(each) for each in found.figures), *found.lines]
    parts = ["<ul>", *(f"<li>{escape(line)}</li>" for line in lines), "</ul>"] if lines else []
    if found.table is not None:
        head = "".join(f"<th>{escape(each)}</th>" for each in found.table.columns)
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(_text(cell))}</td>" for cell in row) + "</tr>"
            for row in found.table.rows
        )
        parts.append(f"<table><tr>{head}</tr>{rows}</table>")
    if found.decision:
        parts.append(f"<p><strong>To decide:</strong> {escape(found.decision)}</p>")
    return "".join(parts)


def _text(cell: str | float | None) -> str:
    return "" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell)


def _cell(cell: str | float | None) -> str | float | None:
    """What somebody typed must not become a formula in whoever's spreadsheet opens this."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
