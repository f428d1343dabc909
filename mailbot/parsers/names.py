"""Names of people: found before a DNI or after a label, and compared as tokens.

Pure. The order of surnames and given names cannot be told without a comma, so the printed form is
kept and names are compared as unordered, accent-free tokens.
"""

import re
from collections.abc import Iterator
from itertools import pairwise, starmap, takewhile

from rapidfuzz.distance import Levenshtein

from mailbot.parsers.text import fold, tidy

PARTICLES = frozenset(
    """
    de del la las los y e da di van von vda san santa dela delas delos
    """.split()
)
_TITLES = frozenset(
    """
    sr sra srta senor senora senorita don dona dn prof profa profesor profesora lic mg mag
    mgtr mtro mtra dr dra ing abog econ cpc cpcc bach tec phd blgo psic arq magister doctor
    doctora
    """.split()
)
_NOT_NAMES = _TITLES | frozenset(
    """
    central atencion especialista responsable encargado encargada coordinador coordinadora
    administrador siagie administradora director directora jefe jefa gerente sub subdirector
    subdirectora estadistico estadistica docente secretario secretaria personal servidor
    servidora trabajador trabajadora agente operador operadora tecnico tecnica analista
    consultor ugel dre gre drelm minedu ministerio educacion unidad gestion educativa
    educativo local regional gerencia direccion institucion ie iei numero nro dni documento
    nacional identidad identificacion civil correo electronico email cargo nivel primaria
    secundaria ebr ebe apellidos nombres apellido paterno materno nombre completo oficio
    resolucion rd articulo asunto referencia alta baja usuario usuaria cuenta acceso
    solicito solicita solicitud crear creacion designar encargar designese encarguese
    estimado estimada estimados buenos buenas yo el los al a con para por que quien como en
    su sus mi suscrito suscrita identificado identificada area telefono celular usau otic
    sistema codigo modular peru gobierno ex exdirector exdirectora dar reemplazo remplazo i
    ii iii iv un una tutor tutora contratado contratada nombrado nombrada se le cual senores
    o u otorgar asignar doc
    """.split()
)
"""Words with a capital that stand beside names and are none; no surname is among them."""
_PLACES = frozenset(
    """
    ugel dre gre local educacion provincia distrito region ie n
    """.split()
)
"""Words that a place's name follows: it is not the beginning of a person's."""
_WORD = re.compile(r"[A-ZÁÉÍÓÚÑÜÄÖ][A-Za-zÁÉÍÓÚÑÜÄÖáéíóúñüäö'’´`-]*\.?")
_CONNECTORS = re.compile(
    r"(?:[\s,;:.({'’‘`´\"–—~*•·=+-]|\b(?:co[nhr]|el|la|ident\w{4,10}|\w{2}entific\w{2,4}|portador(?:a)?|titular|del|de|numero|nro|n|cuyo|su|y"
    r"|quien|tiene|se|identifica)\b(?:[({]{1,2}a[)}]{1,3}|[)}]{1,2})?|[°º/]|\(a\))*+\Z"
)


_REACH = 300
"""Letters beyond which no name is looked for: a line may be as long as a mail."""


def before(string: str, start: int, end: int) -> tuple[int, int] | None:
    """The span of the name that ends just before `end`, connecting words between them allowed."""
    start = max(start, end - _REACH)
    connectors = _CONNECTORS.search(fold(string[start:end]))
    stop = start + (connectors.start() if connectors else end - start)
    tokens = [m.span() for m in re.finditer(r"\S+", string[start:stop])]
    kept = _backward([string[start + a : start + b] for a, b in tokens])
    if not kept:
        return None
    first = tokens[len(tokens) - kept][0]
    return _trimmed(string, start + first, stop)


def after(string: str, start: int, end: int) -> tuple[int, int] | None:
    """The span of the name that begins at or soon after `start`: titles and blanks skipped."""
    end = min(end, start + _REACH)
    tokens = [(start + m.start(), start + m.end()) for m in re.finditer(r"\S+", string[start:end])]
    while tokens and _is_lead(string[slice(*tokens[0])]):
        tokens.pop(0)
    kept = _forward([string[a:b] for a, b in tokens])
    return _trimmed(string, tokens[0][0], tokens[kept - 1][1]) if kept else None


def is_title(word: str) -> bool:
    """Whether a folded word only leads to a name: sr, lic, doña."""
    return word in _TITLES


def looks_like_name(value: str) -> bool:
    """Whether a labelled value may be a person's name: two to nine words, and not letters alone."""
    tokens = re.findall(r"[^\W\d_]+", value)
    plain = not re.search(r"[0-9@:/<>{}|\\]|www\.", value)
    words = sum(len(token) > 1 for token in tokens)
    return (
        plain
        and 2 <= words <= len(tokens) <= 9
        and not (set(map(fold, tokens)) & {"dni", "correo", "ugel"})
    )


def names_a_post(value: str) -> bool:
    """Whether a value holds words that are no name: «Estadístico de la DRE»."""
    words = {fold(word) for word in re.findall(r"[^\W\d_]{3,}", value)}
    return bool(words & _NOT_NAMES - _TITLES - PARTICLES)


def is_written(value: str) -> bool:
    """Whether a value is written as names are: two words at least begin with a capital."""
    return len(re.findall(r"\b[A-ZÁÉÍÓÚÑÜÄÖ]", value)) > 1


def clean(value: str) -> str:
    """A name without titles, bullets and stray punctuation, as it should be printed."""
    plain = re.sub(r"[_|*•·\"“”©®»«<>]+", " ", with_comma(value))
    bare = tidy(plain).strip(" ,;:.-–()¿?")
    words = _DOT_AND_COMMA.sub("" if bare.count(",") > 1 else ",", bare).split(" ")
    while words and _leads(words[0]):
        words.pop(0)
    whole = _DE_LA.sub(r"\1e ", _SPECK.sub("", " ".join(words)))
    return _SMALL_ACCENT.sub(lambda m: m[0].upper(), whole)


_SMALL_ACCENT = re.compile(r"\b[áéíóú](?=[a-zñ]{2})")


_DE_LA = re.compile(r"\b([Dd]) (?=l[ao]s?\b)")
"""«D la Cruz», its e lost."""


_SPECK = re.compile(
    r"(?:(?<=\A[^\W\d_]{3})|(?<=[^\W\d_]{4}))\.(?= [^\W\d_])| \.(?= )"
    r"|(?<=\b(?:de|la))[.:;](?= [^\W\d_])|(?<=\b(?:del|las|los))[.:;](?= [^\W\d_])",
    re.IGNORECASE,
)
"""A dot behind a word as long as no abbreviation, any sign behind a particle, a dot alone."""


def with_comma(text: str) -> str:
    """The text, as long as it was, a comma where a scan shows another sign: «ROJAS SALAS. Óscar».

    Two words in capitals and then one that is not are surnames and a given name, whatever the sign.
    """
    return _DOTTED.sub(r"\1,", text)


_SURNAMES = r"(\b[A-ZÁÉÍÓÚÑÜ]{2,}[ \n][A-ZÁÉÍÓÚÑÜ]{3,})[.;:]"
_DOTTED = re.compile(rf"{_SURNAMES}(?=[ \n][A-ZÁÉÍÓÚÑÜ][a-záéíóúñü])")


def as_written(text: str) -> str:
    """A picture's text as its names were written, as long as it was: «óscar Iván» has a capital."""
    for small in (_SMALL, _SMALL_LAST):
        text = small.sub(lambda m: m[1] + m[2].upper(), text)
    text = _GLUED_BY_SPECK.sub(" ", text)
    return _with_given_names(_SMALL_FIRST.sub(_capital, text))


def _capital(match: re.Match[str]) -> str:
    """The begin of a name with its capital; a title's, or any other word's, as it is."""
    small = match[2] + match[3]
    return match[0] if fold(small) in _NOT_NAMES | PARTICLES else match[1] + match[2].upper()


_SMALL = re.compile(
    r"(\b[A-ZÁÉÍÓÚÑÜ][\w-]{1,20},?[ \n])([áéíóú])(?=[a-zñ]{2,20},?[ \n][A-ZÁÉÍÓÚÑÜ])"
)
"""A small accented letter between words with capitals: recognition shrinks it."""
_SMALL_LAST = re.compile(
    r"(\b[A-ZÁÉÍÓÚÑÜ][\w-]{2,20}[ \n])([csvwxz])(?=[a-záéíóúñü]{3,20},[ \n](?:identific|con D))"
)
"""One of the shape of its capital, in the last word before what leads to a number."""
_GLUED_BY_SPECK = re.compile(r"(?<=[^\W\d_]{3})[:;·•](?=[A-ZÁÉÍÓÚÑÜ][^\W\d_]{2})")
"""A speck where a blank was, «JOSÉ:MARÍA»."""
_SMALL_FIRST = re.compile(
    r"^([^\w\n]*)([ckopsuvwxyz])(?=([a-záéíóúñü]{2,20})(?: (?:del?|l[ao]s?)){0,2}"
    r"(?: [A-ZÁÉÍÓÚÑÜ][^\W\d_]+){2,5}[^\w\n]*$)",
    re.MULTILINE,
)
"""The same in the first word of a line that holds a name and nothing else: a signature."""


def _with_given_names(text: str) -> str:
    """The same where nothing but given names follows the dot, and then what leads to a number.

    «PEDRO ROJAS. María SALAS, con DNI» are two people.
    """
    return _GIVEN_BEHIND.sub(r"\1,", text)


_GIVEN = r"[ \n](?:(?:del?|l[ao]s?)[ \n]){0,2}[A-ZÁÉÍÓÚÑÜ][a-záéíóúñü]+"
_GIVEN_BEHIND = re.compile(
    rf"{_SURNAMES}(?=(?:{_GIVEN}){{1,3}}[,.;]?[ \n](?:identific|con\b|d\.?n\.?i|D\.?N\.?I|[–—-] ))"
)


def _leads(word: str) -> bool:
    """Whether a word before a name is none of it: a title, an item's number, a lone letter."""
    bare = fold(word).strip(".")
    lone = len(word) == 1 and bare not in _ELIDED
    return bare in _TITLES or lone or not any(map(str.isalpha, word))


_ELIDED = frozenset("od")
"""Letters that begin a surname whose sign was left out: O Higgins, D Angelo."""


def spoilt_particle(name: str) -> str | None:
    """A word that is no name but a particle a picture shows badly: «Dei», «de lns».

    >>> spoilt_particle("DEI ÁGUILA, Ana"), spoilt_particle("Ana de lns Ríos")
    ('DEI', 'lns')
    """
    found = _LIKE_PARTICLE.search(fold(name))
    return name[slice(*found.span())] if found else None


_LIKE_PARTICLE = re.compile(
    r"\bdei\b|(?<=\bde )(?!l(?:a|as|os)\b)(?:l[a-z]|[a-z]a|l[ao][a-z]|[a-z][ao]s|l[a-z]s)\b"
)
"""«dei», and behind «de» what is a letter off la, las or los."""


def tokens(name: str) -> frozenset[str]:
    """The words of a name that tell one person from another."""
    return frozenset(word for word in _words(name) if word not in PARTICLES and len(word) > 1)


def particles(name: str) -> frozenset[str]:
    """The particles of a name, as de and la."""
    return PARTICLES.intersection(_words(name))


def _words(name: str) -> list[str]:
    return re.findall(r"[a-z]+", fold(name))


def agree(one: str, other: str, *, recognised: bool) -> bool:
    """Whether two names are, to all appearances, one person's.

    The shorter must be contained in the longer and say enough. `recognised` says that one was
    read from a picture: then a word may differ by a letter or two, if it is long enough.
    """
    few, many = sorted((tokens(one), tokens(other)), key=len)
    enough = len(few) >= 3 or (len(few) == 2 and len(many) <= 3)
    return enough and _contained(few, many, recognised=recognised)


def compatible(one: str, other: str, *, recognised: bool) -> bool:
    """Whether two names do not contradict each other: the shorter is contained in the longer."""
    few, many = sorted((tokens(one), tokens(other)), key=len)
    return bool(few) and _contained(few, many, recognised=recognised)


def alike_but_one(one: str, other: str) -> bool:
    """Whether two names have two words in common, and all but one of the shorter."""
    few, many = sorted((tokens(one), tokens(other)), key=len)
    return len(few & many) >= max(SHARED, len(few) - 1)


SHARED = 2
"""Words two names of one person have in common at least; all but one of the shorter: two people
may be called Víctor Hugo.
"""


def in_common(one: str, other: str, *, recognised: bool) -> int:
    """How many words two names have in common, in pictures but for what recognition confuses."""
    return sum(map(bool, _matches(tokens(one), tokens(other), recognised=recognised)))


def _contained(few: frozenset[str], many: frozenset[str], *, recognised: bool) -> bool:
    return all(_matches(few, many, recognised=recognised))


def _matches(
    few: frozenset[str], many: frozenset[str], *, recognised: bool
) -> Iterator[str | None]:
    """For each word of a name the word of another that it is, each of these once; or none."""
    left = set(many)
    for word in few:
        alike = (w for w in left if recognised and nearly(w, word))
        match = word if word in left else next(alike, None)
        left.discard(match or "")
        yield match


def nearly(one: str, other: str) -> bool:
    """Whether two words differ no more than recognition makes them differ."""
    if one == other or _glued(one, other) or _glued(other, one):
        return True
    long = max(len(one), len(other))
    pairs = ((one, other), (_blurred(one), _blurred(other)))
    return long >= 4 and min(starmap(Levenshtein.distance, pairs)) <= (1 if long < 8 else 2)


def _glued(one: str, other: str) -> bool:
    """Whether a word is another and the particle before it: LATORRE, La Torre."""
    return len(other) > _SHORT and one.removesuffix(other) in PARTICLES


_SHORT = 3


def _blurred(word: str) -> str:
    """A word as one sees it without glasses: LI is a U, rn an m."""
    return word.replace("li", "u").replace("rn", "m")


def _backward(words: list[str]) -> int:
    """How many words at the end make a name; 0 when fewer than two would."""
    kept, commas = 0, 0
    words = _without_specks(words)
    for led, word in reversed([*pairwise(["", *words])]):
        bare = word.strip("().;:")
        commas += bare.endswith(",")
        if (
            not _may_belong(bare.rstrip(","))
            or commas > 1
            or (kept and _is_end(word, led) and len(bare) > 3)
        ):
            break
        kept += 1
        if word.startswith("("):
            break
    if kept < len(words) and fold(words[-kept - 1]).strip(".,") in _PLACES:
        kept = _after_comma(words[len(words) - kept :])
    while kept and words[len(words) - kept].strip(".,") in PARTICLES:  # «de Rosa», but «De la Cruz»
        kept -= 1
    return kept if _enough(words[len(words) - kept :]) else 0


def _without_specks(words: list[str]) -> list[str]:
    """The words of a line without the last dot, where a title leads to them and it is a speck.

    «doña PAZ LUNA Doris. Maribel, con DNI» is one person: nobody else is called Maribel alone. A
    dot that stands alone ends no sentence; it becomes a particle, which counts for nothing.
    """
    words = [_DOT_AND_COMMA.sub("", word) for word in words]
    at = next((n for n in range(len(words) - 2, -1, -1) if words[n].endswith(".")), None)
    if at is None or (words[at] != "." and len(words) > at + 2):
        return words
    before = [*takewhile(lambda w: _may_belong(w.rstrip(".,")) or w == ".", words[at::-1])]
    titled = len(before) < at + 1 and _leads_to_one(fold(words[at - len(before)]))
    mended = [*words[:at], words[at].rstrip(".") or "de", *words[at + 1 :]]
    return mended if titled else words


def _leads_to_one(word: str) -> bool:
    """Whether a folded word leads to one person's name: a title, «Yo,», «el suscrito»."""
    bare = word.strip(".,(a)")
    return is_title(bare) or bare in {"yo", "suscrito", "suscrit"}


_DOT_AND_COMMA = re.compile(r"(?<=[^\W\d_]{3})(?:\.,|,\.)(?=\Z| )")
"""Two signs behind a word: one is a speck, or both, if the name has another comma."""


def _is_end(word: str, led: str) -> bool:
    """Whether a sentence or an item ends with a word; a dot right behind a title and it is none."""
    first = is_title(fold(led).strip(".(a)")) and word.endswith(".")
    return word.endswith((".", ";", ":")) and not first


def _after_comma(words: list[str]) -> int:
    """How many words stand after the comma that ends a place: «UGEL Puerto Inca, Ana Ruiz»."""
    commas = [n for n, word in enumerate(words) if word.endswith(",")]
    return len(words) - commas[0] - 1 if commas else len(words)


def _forward(words: list[str]) -> int:
    kept, commas = 0, 0
    for word in words:
        bare = word.rstrip(".;:)")
        commas += bare.endswith(",")
        if not _may_belong(bare.rstrip(",")):
            break
        kept += 1
        if commas > 1 or (word.endswith((".", ";", ":", ")")) and len(bare) > 3):
            break
    while kept and fold(words[kept - 1]).strip(".,") in PARTICLES:
        kept -= 1
    return kept if _enough(words[:kept]) else 0


def _enough(words: list[str]) -> bool:
    told = (fold(word).strip(".,") for word in words)
    return sum(len(word) > 1 and word not in PARTICLES for word in told) >= 2


def _may_belong(word: str) -> bool:
    folded = fold(word).strip(".")
    if folded in PARTICLES:
        return True
    return bool(_WORD.fullmatch(word)) and folded not in _NOT_NAMES and not _LABEL.fullmatch(folded)


_LABEL = re.compile(r"(?:dn[a-z]|[ilotcj]ni)n?[eo]?")
"""A DNI's label, its first or last letter misread, or its N° read as one word with it."""


def _is_lead(word: str) -> bool:
    bare = word.strip(".,:;()")
    folded = fold(bare)  # «la» leads to a name, «La Torre» is one
    return not folded or folded in _TITLES | {"don(na)", "sr(a)"} or bare in {"a", "el", "la", "al"}


def _trimmed(string: str, start: int, end: int) -> tuple[int, int]:
    while end > start and string[end - 1] in " ,;:.()-–\n":
        end -= 1
    return start, end
