"""The commands that show what the bot remembers; each look at persons is noted."""
# ruff: noqa: PLC0415  the stages are imported by the commands that use them

from pathlib import Path

import click

from mailbot.cli.opening import as_json, opened, operator, pass_folder, print_json
from mailbot.errors import ConfigError
from mailbot.tongue import _


@click.command()
@as_json
@pass_folder
def pending(folder: Path | None, *, as_json: bool) -> None:
    """Lo que espera: casos abiertos, correos apartados, cartas que no llegaron."""
    from mailbot import console, contracts
    from mailbot.store import cases, changes, letters, mails, pulse

    with opened(folder) as desk, desk.store.begin() as tx:
        desk.at(tx).note("pending_seen", operator())
        rows, aside = cases.pending(tx), mails.set_aside_since(tx, 0)
        failed, waiting = letters.troubled(tx), letters.unsettled(tx)
        left = changes.waiting(tx)
        standing = {a.label: a.since for a in pulse.standing(tx).values()}
        if as_json:
            print_json(contracts.pending(rows, aside, failed, waiting, standing, changes=left))
            return
        out = console.console()
        console.show_rows(out, _("Casos"), console.case_rows(rows), _("Ningún caso espera."))
        console.show_rows(
            out, _("Correos apartados"), console.mail_rows(aside), _("Ningún correo apartado.")
        )
        console.show_rows(
            out,
            _("Cartas que no llegaron"),
            console.letter_rows(failed),
            _("Todas las cartas llegaron."),
        )
        for title, table in (
            ("Cartas que se intentan de nuevo", console.waiting_rows(waiting)),
            ("Cambios en el directorio", console.change_rows(left)),
            ("Alarmas", console.alarm_rows(standing)),
        ):
            if len(table) > 1:
                console.show_rows(out, title, table, "")


@click.command()
@click.argument("number", metavar="NÚMERO", type=int)
@as_json
@pass_folder
def case(folder: Path | None, number: int, *, as_json: bool) -> None:
    """Todo sobre un caso: lo leído, lo ocurrido y las cartas."""
    from mailbot import console, contracts
    from mailbot.store import cases, changes

    with opened(folder) as desk, desk.store.begin() as tx:
        row = cases.get(tx, number)
        if row is None:
            raise ConfigError(
                _("No hay un caso {number}. Vea los que hay con: mailbot pending").format(
                    number=number
                )
            )
        desk.at(tx).note("case_seen", operator(), case=number)
        events, sent = cases.story(tx, number)
        if as_json:
            print_json(contracts.case(row, events, sent, changes.of_case(tx, number)))
        else:
            out = console.console()
            console.show_story(out, row, events, sent)
            console.show_changes(out, changes.of_case(tx, number))


COMMANDS = (pending, case)
