"""The service's commands: run it, make one pass, examine it, show it at work."""
# ruff: noqa: PLC0415  the stages are imported by the commands that use them

from datetime import UTC, datetime
from pathlib import Path

import click

from mailbot.cli.opening import (
    ATTENTION,
    as_json,
    opened,
    opened_store,
    pass_folder,
    print_json,
    read,
)
from mailbot.tongue import _, retold


@click.command()
@pass_folder
def run(folder: Path | None) -> None:
    """El servicio: lee, pregunta, ejecuta y responde hasta que lo detengan."""
    from mailbot import schedule

    with opened(folder, service=True) as desk:
        schedule.run(desk)


@click.command()
@as_json
@pass_folder
def poll(folder: Path | None, *, as_json: bool) -> None:
    """Una pasada completa: leer, procesar, enviar."""
    from mailbot import reading, schedule
    from mailbot.alarm import Watch

    with opened(folder, service=True) as desk, reading.insisted(desk) as desk:
        try:
            done = schedule.full_pass(desk)
        finally:
            Watch().review(desk)
    if as_json:
        print_json({"fetched": done.fetched, "processed": done.processed, "sent": done.sent})
    else:
        click.echo(
            _("{fetched} correos nuevos, {processed} procesados, {sent} cartas enviadas.").format(
                fetched=done.fetched, processed=done.processed, sent=done.sent
            )
        )


@click.command()
@click.option("--metrics", is_flag=True, help="Los números, en el formato de Prometheus.")
@as_json
@pass_folder
def health(folder: Path | None, *, metrics: bool, as_json: bool) -> None:
    """Cómo está todo, sin tocar el correo: qué se hizo, qué espera, qué falló."""
    from mailbot import health as condition

    with opened_store(folder) as (store, settings):
        if metrics:
            from mailbot.metrics import exposition

            click.echo(exposition(store, settings), nl=False)
            return
        checks = condition.examine(condition.gather(store, settings, datetime.now(UTC)))
    if as_json:
        print_json(condition.as_json(checks))
    else:
        from mailbot.console.condition import show_health

        show_health(checks)
    if any(check.state is condition.State.BAD for check in checks):
        raise click.exceptions.Exit(ATTENTION)


@click.command()
@click.option("--probe", is_flag=True, help="Además se envía un correo a sí mismo y lo espera.")
@as_json
@pass_folder
def doctor(folder: Path | None, *, probe: bool, as_json: bool) -> None:
    """Prueba IMAP, SMTP, base de datos, OCR, plantillas y configuración."""
    from mailbot import doctor as physician
    from mailbot import shadow

    rules = read(folder)
    if probe:
        shadow.forbid(rules.settings, "mailbot doctor --probe")
    checks = [*physician.examine(rules), *(physician.probe(rules) if probe else [])]
    if all(check.works for check in checks if check.name == "Base de datos"):
        physician.forget_refusals(rules, checks)
    if as_json:
        print_json([{"name": c.name, "works": c.works, "detail": c.detail} for c in checks])
    else:
        for check in checks:
            sign = "✔" if check.works else "✘"
            click.echo(f"{sign} {retold(check.name)}: {retold(check.detail)}")
    if not all(check.works for check in checks):
        raise click.exceptions.Exit(ATTENTION)


@click.command()
@click.option(
    "--stay", is_flag=True, help="Deja los servidores encendidos para usar un programa de correo."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("demo-out"),
    show_default=True,
    help="Dónde dejar los correos y el resumen.",
)
def demo(out: Path, *, stay: bool) -> None:
    """Muestra el trabajo principal con servidores de correo propios."""
    from mailbot.demo import story

    story.tell(out, stay=stay)


COMMANDS = (run, poll, health, doctor, demo)
