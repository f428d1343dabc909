"""A report in sentences and tables: what the letter, the page and the terminal say alike. Pure."""

from dataclasses import dataclass

from mailbot.report.material import Figures, Line, Report, Wait

Rows = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading, and the same as lines; `empty` is said when there are none."""

    title: str
    heading: tuple[str, ...]
    rows: Rows
    lines: list[str]
    empty: str = ""


UNKNOWN = "sin dato"
_ROWS = (
    ("Solicitudes recibidas", "received"),
    ("Altas hechas", "altas"),
    ("Bajas hechas", "bajas"),
    ("Cuentas cerradas por reemplazo", "replaced"),
    ("Solicitudes observadas", "observed"),
    ("Rechazadas por quien decide", "rejected"),
    ("Rechazadas por regla", "refused"),
    ("Vencidas sin completar", "expired"),
)


def headline(made: Report) -> str:
    """The month in one sentence."""
    until = f", hasta el {made.until}," if made.until else ""
    came = "llegó" if made.now.received == 1 else "llegaron"
    asked = count(made.now.received, "solicitud", "solicitudes")
    done = _done(made.now.altas, made.now.bajas).replace(", ", " y ")
    return f"En {made.words}{until} {came} {asked}. Hechas: {done}."


def _done(altas: int, bajas: int) -> str:
    return f"{count(altas, 'alta', 'altas')}, {count(bajas, 'baja', 'bajas')}"


def pace(made: Report) -> str:
    """How long decisions took, in one sentence."""
    wait = made.now.decider
    if wait is None:
        return "Ese mes no se decidió ninguna solicitud."
    most = f"; nueve de cada diez, en {span(wait.most, made)} o menos" if wait.most else ""
    return f"La mitad de las decisiones se tomó en {span(wait.median, made)} o menos{most}."


def unused(made: Report) -> str:
    """What is known of accounts nobody has used yet."""
    if not made.now.altas:
        return "No se abrió ninguna cuenta."
    if made.now.unused is None:
        return "No se sabe: el directorio de cuentas no informa si un usuario ya entró."
    return f"{made.now.unused} de las cuentas abiertas en el mes."


def notes(made: Report) -> list[str]:
    """What has to be known to read the numbers."""
    said = [
        f"Los tiempos son horas de oficina de días hábiles, de {clock(made.day_minutes)} cada uno."
    ]
    if made.folded:
        said.append(
            "Las regiones con pocos casos se muestran juntas o no se muestran, para que nadie "
            "pueda ser reconocido (Ley 29733)."
        )
    if made.now.unknown:
        said.append(
            f"De {count(made.now.unknown, 'carta de observación', 'cartas de observación')} ya no "
            "se guarda el motivo: venció su plazo."
        )
    return said


# ------------------------------------------------------------------ tables


def tables(made: Report) -> list[Table]:
    """All that is counted, in the order it is read."""
    both = ("", made.words.split()[0], made.words_before.split()[0])
    return [
        _compared("El mes, y el anterior", both, _months(made)),
        _compared("Tiempo hasta la decisión", both, _waits(made), "No se decidió nada."),
        _roles_or_regions("Por cargo", "Cargo", made.roles),
        _roles_or_regions("Por región", "Región", made.regions, _no_regions(made)),
        _ranked("Qué faltaba en lo observado", made.reasons, "No se observó nada."),
        _ranked("Por qué se rechazó por regla", made.refusals, "No hubo rechazos por regla."),
    ]


def _compared(title: str, heading: tuple[str, ...], rows: Rows, empty: str = "") -> Table:
    lines = [f"{label}: {now} (el mes anterior: {before})" for label, now, before in rows]
    return Table(title, heading, rows, lines, empty)


def _months(made: Report) -> Rows:
    return [(label, *_pair(made, field)) for label, field in _ROWS]


def _pair(made: Report, field: str) -> tuple[str, str]:
    before = UNKNOWN if made.before is None else str(getattr(made.before, field))
    return str(getattr(made.now, field)), before


def _waits(made: Report) -> Rows:
    before = made.before
    rows = [
        *_wait("desde la pregunta", made.now.decider, before.decider if before else None, made),
        *_wait("desde que llegó", made.now.whole, before.whole if before else None, made),
    ]
    return rows if made.now.decider else []


def _wait(label: str, now: Wait | None, before: Wait | None, made: Report) -> Rows:
    both = (now, before)
    half = tuple(span(w.median, made) if w else UNKNOWN for w in both)
    nine = tuple(span(w.most, made) if w and w.most is not None else UNKNOWN for w in both)
    return [(f"La mitad, {label}", *half), (f"Nueve de cada diez, {label}", *nine)]


def _roles_or_regions(
    title: str, name: str, found: tuple[Line, ...], empty: str = "No se hizo nada."
) -> Table:
    rows: Rows = [(x.name, str(x.altas), str(x.bajas)) for x in found]
    lines = [f"{x.name}: {_done(x.altas, x.bajas)}" for x in found]
    return Table(title, (name, "Altas", "Bajas"), rows, lines, empty)


def _ranked(title: str, found: tuple[tuple[str, int], ...], empty: str) -> Table:
    rows: Rows = [(said, str(times)) for said, times in found]
    lines = [f"{count(times, 'vez', 'veces')}: {said}" for said, times in found]
    return Table(title, ("Motivo", "Veces"), rows, lines, empty)


def _no_regions(made: Report) -> str:
    return "En ninguna región hubo casos suficientes." if made.folded else "No se hizo nada."


# ------------------------------------------------------------------ how things are said


def count(number: int, one: str, many: str) -> str:
    """A number with its noun: ``0 altas``, ``1 alta``, ``3 altas``."""
    return f"{number} {one if number == 1 else many}"


def clock(minutes: int) -> str:
    """Minutes as people say them: ``45 min``, ``3 h``, ``3 h 20 min``."""
    hours, rest = divmod(minutes, 60)
    return " ".join(
        [*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest or not hours else [])]
    )


def span(minutes: int | None, made: Report) -> str:
    """Office time as people say it: days of so many hours once it is more than one.

    Twenty hours of nine-hour days are ``2 días hábiles y 2 h``.
    """
    if minutes is None or minutes < made.day_minutes:
        return clock(minutes or 0)
    days, rest = divmod(minutes, made.day_minutes)
    hours = round(rest / 60)
    if hours * 60 >= made.day_minutes:
        days, hours = days + 1, 0
    told = f"{days} día hábil" if days == 1 else f"{days} días hábiles"
    return f"{told} y {hours} h" if hours else told


def change(now: Figures, before: Figures | None, field: str) -> str:
    """How a number changed since the month before: ``+3``, ``−2``, ``igual``; nothing unknown."""
    if before is None:
        return ""
    by = getattr(now, field) - getattr(before, field)
    return f"{by:+d}".replace("-", "−") if by else "igual"
