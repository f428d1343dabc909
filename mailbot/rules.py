"""What the configuration folder says, read once: settings, guide, wording, offices, names."""

from dataclasses import dataclass, replace
from pathlib import Path

from mailbot.config import Settings, read_settings
from mailbot.lexicon import Lexicon, read_lexicon
from mailbot.offices import Offices, Schools, read_offices
from mailbot.parsers.intent import Wording, read_wording
from mailbot.procedures import Guide, read_guide
from mailbot.roots import Roots, read_roots


@dataclass(frozen=True)
class Rules:
    """What the stages go by."""

    settings: Settings
    guide: Guide
    wording: Wording
    offices: Offices
    roots: Roots
    lexicon: Lexicon

    def with_schools(self, schools: Schools) -> "Rules":
        """The same rules, schools looked up in a register."""
        return replace(self, offices=self.offices.with_schools(schools))


def read_rules(folder: Path) -> Rules:
    """Read a configuration folder; ConfigError names what is wrong in it."""
    guide = read_guide(folder)
    settings = read_settings(folder, guide)
    return Rules(
        settings=settings,
        guide=guide,
        wording=read_wording(folder),
        offices=read_offices(folder),
        roots=read_roots(folder / settings.signatures.roots),
        lexicon=read_lexicon(folder),
    )
