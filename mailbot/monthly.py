"""The monthly report, made from the store, and mailed on the first working day of the month."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from mailbot import report, workdays
from mailbot.desk import Visit
from mailbot.report import Hours, Known, Material, Month, Report, drawing, paper
from mailbot.report.material import month_of
from mailbot.respond import About, Secrets, Thread, render
from mailbot.rules import Rules
from mailbot.store import marks
from mailbot.store.tally import tally

_HOUR = 8
_MARK = "report_month"


def last_month(visit: Visit) -> Month:
    """The last month that has ended."""
    return month_of(visit.now).before


def of(visit: Visit, month: Month) -> Report:
    """The report of a month, from what the store holds."""
    return _made(visit, month, gathered(visit, month))


def gathered(visit: Visit, month: Month) -> Material:
    """What happened in a month and the one before."""
    return tally(visit.tx, month)


def _made(visit: Visit, month: Month, material: Material) -> Report:
    return report.for_month(month, material, known(visit.rules), now=visit.now)


def known(rules: Rules) -> Known:
    """What a report is worded by: the register, the guide, the office hours configured."""
    roles = {role.id: role.name for role in rules.guide.roles.values()}
    return Known(rules.offices, roles, hours(rules))


def hours(rules: Rules) -> Hours:
    """When offices work, as configured."""
    settings = rules.settings
    return Hours(settings.report.opens, settings.report.closes, settings.policy.holidays)


# ------------------------------------------------------------------ by mail


def tell_month(visit: Visit) -> None:
    """Once a month, from the morning of its first working day: the report of the one before."""
    if not visit.rules.settings.report.monthly or not skip(visit):
        return
    month = last_month(visit)
    material = gathered(visit, month)
    if not material.empty:
        send(visit, _made(visit, month, material), recipients(visit.rules), str(month))


def skip(visit: Visit) -> bool:
    """Take the last month's report for sent; whether its time had come and it was not."""
    month = str(last_month(visit))
    if visit.now.astimezone(workdays.LIMA).hour < _HOUR or not _begun(visit):
        return False
    return marks.turn(visit.tx, _MARK, month)


def _begun(visit: Visit) -> bool:
    """Whether the month has had a working day, today among them."""
    today = visit.now.astimezone(workdays.LIMA).date()
    days = (today.replace(day=1) + timedelta(days=n) for n in range(today.day))
    return any(workdays.is_working(d, visit.rules.settings.policy.holidays) for d in days)


def recipients(rules: Rules) -> tuple[str, ...]:
    """Whom the report goes to: those named, else every administrator."""
    named = rules.settings.report.to
    return tuple(dict.fromkeys(a.lower() for a in named)) or rules.settings.administrators


def send(
    visit: Visit, made: Report, to: tuple[str, ...], ident: str, thread: Thread | None = None
) -> None:
    """Put a report into the outbox; `ident` names its cause."""
    context = {
        "bot_name": visit.rules.settings.bot.name,
        "report": paper.as_json(made),
        "page": visit.rules.settings.report.page,
        **paper.said(made),
    }
    about = About(thread=thread or Thread())
    for number, address in enumerate(to):
        visit.outbox.put("administrator-report", address, f"{ident}.{number}", context, about)


# ------------------------------------------------------------------ in files


def page(made: Report, bot_name: str) -> tuple[str, str]:
    """The report as a text and as one HTML page that needs nothing else."""
    _, text, html = render("_report", paper.page_context(made, bot_name), Secrets())
    return text, html


def write(made: Report, bot_name: str, folder: Path) -> Iterator[Path]:
    """Write the report into a folder, file by file: the page, the text, each chart."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    text, html = page(made, bot_name)
    for ending, said in (("html", html), ("txt", text)):
        file = folder / paper.name(made, ending)
        file.write_text(said, encoding="utf-8")
        yield file
    for chart in drawing.charts(made):
        file = folder / f"informe-{made.month}-{chart.name}.png"
        file.write_bytes(drawing.png(chart))
        yield file
