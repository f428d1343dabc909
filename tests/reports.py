"""A month's report as an example: for the letters and for who looks at them."""

from mailbot.report.material import Figures, Line, Report, Wait

REPORT = Report(
    month="2026-11",
    words="noviembre de 2026",
    words_before="octubre de 2026",
    until=None,
    now=Figures(96, 54, 19, 31, 10, 6, 7, 29, 2, None, Wait(83, 232, 1080), Wait(83, 260, 1400)),
    before=Figures(70, 46, 10, 20, 7, 4, 3, 20, 0, None, Wait(61, 144, 540), Wait(61, 180, 900)),
    roles=(
        Line("Especialista SIAGIE UGEL", 30, 8),
        Line("Especialista del nivel educativo", 20, 6),
        Line("Especialista o Agente de la Central de Atención SIAGIE", 4, 5),
    ),
    regions=(
        Line("DRE CAJAMARCA", 25, 6),
        Line("DRE LIMA METROPOLITANA", 20, 9),
        Line("Otras 3 regiones, con pocos casos", 9, 4),
    ),
    folded=3,
    reasons=(("resolución de designación", 14), ("número de DNI", 9), ("firma autorizada", 4)),
    refusals=(("La persona ya tenía el usuario", 4), ("Lo mismo ya estaba en trámite", 2)),
    day_minutes=540,
)
