"""The errors a person can mend: each message names the thing and the mend, in Spanish."""


class ConfigError(Exception):
    """The configuration is wrong; nothing was started."""


class Unreachable(Exception):
    """A server did not answer or refused us; trying again later may help."""


class Refused(Unreachable):
    """A server does not let us in: waiting will not help, somebody has to mend the login."""


class Withheld(Unreachable):
    """A shadow was about to send something: it did not."""


class Held(Unreachable):
    """The database was put back from a copy: nothing is done until an operator says so."""
