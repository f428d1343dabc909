"""A day or a moment as an option of a command."""
# ruff: noqa: PLC0415  what it needs is imported when it is used

from datetime import datetime

import click

from mailbot.tongue import _


class Moment(click.ParamType[datetime, str]):
    """A day or a moment, in Lima's time unless it says otherwise."""

    name = "FECHA"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """``2026-03-31`` or ``2026-03-31T14:30``."""
        from mailbot.workdays import LIMA

        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                _("«{value}» no es una fecha: AAAA-MM-DD o AAAA-MM-DDTHH:MM.").format(value=value),
                param,
                ctx,
            )
        return found if found.tzinfo else found.replace(tzinfo=LIMA)
