"""The errors a person can mend: each message names the thing and the mend, in Spanish."""


class ConfigError(Exception):
    """The configuration is wrong; nothing was started."""


class Unreachable(Exception):
    """A server did not answer or refused us; trying again later may help."""


class LoginRefused(Unreachable):
    """A server knows us and does not let us in; trying again may lock the account."""
