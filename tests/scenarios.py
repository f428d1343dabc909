"""What people do while the bot is killed: each scenario is what happens, act after act.

After each act the bot's passes run until everything is at rest.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import crashing as c
import mails
from crashing import World
from launcher import KILLED

Act = Callable[[World], None]


def oficio(world: World, **more: bool) -> None:
    """A UGEL writes."""
    world.put_mail(c.by_oficio(world.bot, **more))


def by_mail(world: World, correo: str = "cnaupari@minedu.example") -> None:
    """The coordinator writes."""
    world.put_mail(c.by_mail(world.bot, correo))


def says(text: str) -> Act:
    """An administrator answers the last question."""
    return partial(World.answer, kind="decider-question", text=text)


def holder(world: World) -> None:
    """Somebody holds the seat already."""
    world.seat("VIEJA GUARDIA, Ana", "40000001", "vieja@correo.example", c.POST)


def same_holder(world: World) -> None:
    """The person of the request holds the seat already."""
    world.seat("NUEVA GUARDIA, Luisa Elena", "40000009", "nueva@correo.example", c.POST)


def completes(world: World) -> None:
    """The asker sends what was missing."""
    files = [mails.File("RD 9.pdf", c.rd())]
    world.answer("asker-observed", "Adjunto la resolución.", c.UGEL, attachments=files)


def waits(**time: float) -> Act:
    """Time passes."""

    def act(world: World) -> None:
        world.now += timedelta(**time)

    return act


def operator(*argv: str, done: str) -> Act:
    """An operator gives a command, and again if it was killed before it was `done`."""

    def act(world: World) -> None:
        for _ in range(3):
            if f"after {done}" in world.command(*argv).reached or world.runs[-1].status == 0:
                return

    return act


def returned(world: World) -> None:
    """The credentials come back from the holder's server."""
    letter = world.letters("holder-credentials")[-1]
    fields = f"Message-ID: {letter['Message-ID']}\r\nSubject: -\r\n".encode()
    report = mails.bounce(str(letter["To"]), world.bot, fields)
    # its own name must not hang on which of several attempts came back
    world.put_mail(
        re.sub(rb"(?m)^Message-ID: <[0-9a-f]{20}@", b"Message-ID: <report@", report, count=1)
    )


def confirms(world: World) -> None:
    """The office says that an unproven mail is its own."""
    world.answer("office-challenge", "CONFIRMO", c.UGEL)


def unproven(world: World) -> None:
    """The same request from an address nobody proved."""
    world.put_mail(c.by_oficio(world.bot, authenticated=False))


def oddities(world: World) -> None:
    """A mail that is no mail, one that is too large, one in a machine's voice, one for nobody."""
    broken = mails.compose("a@correo.example", world.bot, "roto", text="x", message_id="<roto@x>")
    world.put_mail(broken.replace(b"MIME-Version: 1.0", b"X-Largo: " + b"x" * 70_000))
    large = mails.compose(
        "b@correo.example", world.bot, "grande", text="x" * 150_000, message_id="<grande@x>"
    )
    world.put_mail(large)
    away = mails.out_of_office("c@correo.example", world.bot, "Fuera", "No estoy", answers="<x@y>")
    world.put_mail(away)
    world.put_mail(
        mails.compose(
            "d@correo.example", world.bot, "clave", text="olvidé mi clave", message_id="<clave@x>"
        )
    )


def signed_unknown(world: World) -> None:
    """A signed mail whose key cannot be looked up now: it waits, and then it is taken as it is."""
    signature = (
        "v=1; a=rsa-sha256; c=relaxed/relaxed; d=correo.example; s=s; h=from:to:subject:date;"
        " bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=dGVzdA=="
    )
    raw = mails.compose(
        "e@correo.example",
        world.bot,
        "gracias",
        text="gracias",
        authenticated=False,
        headers=[("DKIM-Signature", signature)],
        message_id="<firmado@x>",
    )
    world.put_mail(raw)
    while world.command("poll").status == KILLED:  # it is left for later, once it was seen
        pass
    world.now += timedelta(hours=25)


def purges_late(world: World) -> None:
    """An operator purges what has become due since."""
    world.now += timedelta(days=100)
    operator("purge", "--yes", done="cli.custody.purge:scrub")(world)


_RESEND = operator("resend", "1", done="cli.mending.resend")
_SCHOOLS = str(Path(__file__).parent / "config" / "schools.csv")

SCENARIOS: Mapping[str, Sequence[Act]] = {
    "alta": (oficio, says("APROBAR")),
    "replacement": (holder, oficio, says("APROBAR")),
    "baja": (same_holder, partial(oficio, baja=True), says("APROBAR")),
    "observed-then-completed": (partial(oficio, act=False), completes, says("APROBAR")),
    "rejection": (by_mail, says("RECHAZAR: no corresponde")),
    "credentials-resend": (by_mail, says("APROBAR"), _RESEND),
    "observed-by-decider": (oficio, says("OBSERVAR: falta el sello"), completes, says("APROBAR")),
    "correction": (by_mail, says("dni 43718206"), says("APROBAR")),
    "returned": (by_mail, says("APROBAR"), returned, _RESEND),
    "challenge": (unproven, confirms, says("APROBAR")),
    "expiry": (by_mail, waits(hours=37), waits(hours=37), says("APROBAR")),
    "lapsed": (partial(oficio, act=False), waits(days=3), waits(days=6)),
    "refused": (partial(by_mail, correo="ghost@correo.example"), says("APROBAR")),
    "put-off": (partial(by_mail, correo="busy@correo.example"), says("APROBAR")),
    "oddities": (oddities, operator("retry", "2", done="pipeline.retry")),
    "no-dns": (signed_unknown,),
    "forgetting": (by_mail, says("RECHAZAR: no"), waits(days=100)),
    "operator": (
        by_mail,
        operator("ask", "1", done="cli.mending.ask"),
        operator("pending", done="cli.looking.pending"),
        operator("case", "1", done="cli.looking.case"),
        operator("accounts", done="cli.accounting._list"),
        operator("keys", "rotate", done="cli.opening.note_look"),
        operator("offices", "import", _SCHOOLS, done="register._keep"),
        says("RECHAZAR: no"),
        purges_late,
    ),
}
"""Each with its acts; the first six are those that every reader of the matrix looks for."""

_MOVE = ("prepare", "prepare.2", "_copy", "finish", "open")
_BEAT = "a beat to itself, which changes nothing; the scenarios have it off"
_ALARM = "alarms are told again; the scenarios raise none"

_ELSEWHERE = "of a directory elsewhere, which these scenarios have not: see test_saga"
_ORDERS = "of work orders, which these scenarios have not: see test_work_orders"
UNREACHED: Mapping[str, str] = {
    "actions.scim.ScimDirectory._add:create": "done and its answer lost: see test_scim",
    "actions.scim.ScimDirectory._change:modify": "done and its answer lost: see test_scim",
    "cli.accounting._keep": "one import, by an operator's command, that may be given again",
    "reconcile._close_here": "one row, by an operator's command, that may be given again",
    "reconcile._register": "the same",
    "reconcile._take_names": "the same",
    "reconcile._repair": "a note of what was done, which another look shows",
    "orders.directory.Paper.enable": _ORDERS,
    "orders.directory.Paper.disable": _ORDERS,
    "orders.writing.write_due": _ORDERS,
    "fulfil.let_lapse": _ELSEWHERE,
    "fulfil._take": _ELSEWHERE,
    "fulfil._try": _ELSEWHERE,
    "fulfil.advance": _ELSEWHERE,
    "actions.wire.Wire.add:add": _ELSEWHERE,
    "actions.wire.Wire.modify:modify": _ELSEWHERE,
    "actions.wire.Wire.remove:delete": "what was just made, by a directory that is set up wrong",
    "actions.wire.Wire.set_password:modify_password": _ELSEWHERE,
    "cli.mending.insist": "one row, by an operator's command, that may be given again",
    "alarm._mail": _ALARM,
    "second_way._other_mail:send_message": _ALARM,
    "vigil.watched": "the note that a server failed; in the scenarios none does",
    "heartbeat._begin": _BEAT,
    "heartbeat._note_arrival": _BEAT,
    "mailbox.Mailbox.discard:delete_messages": _BEAT,
    "mailbox.Mailbox.discard:uid_expunge": _BEAT,
    "mailbox.Mailbox._empty:delete_messages": _ORDERS,
    "mailbox.Mailbox._empty:expunge": _ORDERS,
    "mailbox.Mailbox._empty:delete_folder": _ORDERS,
    "comparison.claim": "a shadow's: it acts on nothing, and says the same again; see test_shadow",
    "comparison.compare": "the same",
    "shadow.Muzzle.send:send": "what a shadow says to a server: see test_shadow",
    "cli.approvers.enrol": "it talks to a person at a keyboard, about one row",
    "cli.approvers.reset": "one row, by an operator's command, that may be given again",
    "doctor.probe:send_message": "a probe's letter to the bot itself, which nobody acts on",
    "doctor._stripping": "what a probe found, which the next probe finds again",
    "mailbox.Mailbox._move:copy": "for servers without MOVE: see test_ingest",
    "mailbox.Mailbox._move:delete_messages": "the same",
    "mailbox.Mailbox._move:uid_expunge": "the same",
    "cli.mending._show_aside": "a note that an operator looked, by a command to be given again",
    "pipeline.lay_aside": "one row, by an operator's command, that may be given again",
    "pipeline.handle.2": "asked to stop in the middle of a mail: see test_poison",
    "lockout._count": "no login is refused in the scenarios: see test_ingest and test_outbox",
    "lockout.let_in": "the same",
    "recovery.hold": "one row, by an operator's command, that may be given again",
    "recovery.resume": "the same: see test_restore",
    "send._doubt": "the connection is lost after a letter's text: see test_outbox and test_faults",
    "send._doubt_one": "only after a kill, minutes later: see test_outbox",
    **dict.fromkeys(
        (
            *("carrier.tidy", "work.sweep", "reading.Turn._holds", "reading.Turn._take"),
            *(f"work.Keeper.{name}" for name in ("take", "renew", "give_back")),
        ),
        "only with workers over PostgreSQL, which make workers kills at random",
    ),
    "carrier.upgrade": "one transaction, and what it makes may be made anew at any time",
    **dict.fromkeys(
        (f"store.moving.Move.{step}" for step in _MOVE), "a move goes on: see test_moving"
    ),
    "store.moving.settle": "the last word about a move that is over",
    "store.schema._step": "upgrades of older databases: see test_database",
    "store.Store._prepare:scrub": "after an upgrade from version 1: see test_privacy",
}
"""Sites that no scenario gets to, and why that is so."""
