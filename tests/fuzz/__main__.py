"""Run the targets for FUZZ_SECONDS together (ONLY=target): hypothesis first, then atheris.

Every run goes on from what the last learned (``.fuzz``). A find is printed with its file.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from fuzz import FINDS, TARGETS, Target, finds, target

HERE = Path(__file__).parent
SCRATCH = HERE.parent.parent / ".fuzz"
SHARE_OF_HYPOTHESIS = 0.25


def main() -> None:
    """One child for each target: a crash of one is not the end of the others."""
    only = os.environ.get("ONLY", "")
    names = [name for name in TARGETS if only in ("", name)]
    if not names:
        sys.exit(f"ONLY={only}: " + ", ".join(TARGETS))
    each = max(10, int(os.environ.get("FUZZ_SECONDS", "600")) // len(names))
    failed = [name for name in names if not _child(name, each)]
    if failed:
        sys.exit(f"Hubo hallazgos en {', '.join(failed)}. Corregidos, van a {FINDS}/OBJETIVO/.")


def _child(name: str, seconds: int) -> bool:
    command = [sys.executable, "-W", "ignore", "-m", "fuzz", name, str(seconds)]
    return subprocess.run(command, check=False).returncode == 0


def alone(name: str, seconds: int) -> None:
    """One target in this process; atheris ends it."""
    import atheris  # noqa: PLC0415  only here: the suite has none

    with atheris.instrument_imports(include=["mailbot", "mailparser", "authres"]):
        it = target(name)
    first = round(seconds * SHARE_OF_HYPOTHESIS)
    tried = by_properties(it, first)
    sys.stderr.write(f"{name}: {tried} ejemplos de hypothesis en {first} s\n")
    atheris.Setup([sys.argv[0], *_options(it, seconds - first)], it.check)
    atheris.Fuzz()


def by_properties(it: Target, seconds: float) -> int:
    """Try what hypothesis makes up until the time is over; how much that was."""
    end, tried = time.monotonic() + seconds, 0

    @settings(
        max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(it.inputs)
    def holds(data: bytes) -> None:
        nonlocal tried
        tried += 1
        it.check(data)

    while time.monotonic() < end:
        holds()
    return tried


def _options(it: Target, seconds: int) -> list[str]:
    """libFuzzer's: where it learns, from what, how long, and where it leaves a find."""
    place = SCRATCH / it.name
    learnt, given_ = place / "corpus", place / "seeds"
    for folder in (learnt, given_):
        folder.mkdir(parents=True, exist_ok=True)
    known = [*it.seeds, *(path.read_bytes() for path in finds(it.name))]
    for number, seed in enumerate(known):
        (given_ / f"{number:04d}").write_bytes(seed)
    words = place / "words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in it.words if word))
    limits = [f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=3000", "-max_len=16000"]
    how = [
        f"-dict={words}",
        f"-artifact_prefix={place}/find-",
        "-verbosity=1",
        "-print_final_stats=1",
    ]
    return [str(learnt), str(given_), *limits, *how]


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        alone(sys.argv[1], int(sys.argv[2]))
    else:
        main()
