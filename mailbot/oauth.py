"""Access tokens for XOAUTH2 logins (Gmail, Microsoft 365). The home of authlib.

With a refresh token (Gmail) it is exchanged; without one (Microsoft 365) the client's own
credentials are. Tokens are fetched anew for each connection and kept nowhere.
"""

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from requests import RequestException

from mailbot.errors import Refused, Unreachable
from mailbot.sections import OAuth

_REFUSALS = ("invalid_grant", "invalid_client", "unauthorized_client")
"""What an endpoint says of a secret that has expired or was taken back (RFC 6749, 5.2)."""


def access_token(settings: OAuth) -> str:
    """A fresh access token; Unreachable says why there is none, Refused that it is ours."""
    secret = settings.client_secret.get_secret_value() if settings.client_secret else None
    with OAuth2Session(
        settings.client_id, secret, scope=settings.scope, default_timeout=30
    ) as client:
        try:
            token = _fetch(client, settings)
        except (OAuthError, RequestException, ValueError) as error:
            kind = Refused if getattr(error, "error", "") in _REFUSALS else Unreachable
            raise kind(
                f"OAuth {settings.token_url}: {error}. Revise la sección [oauth] y sus secretos."
            ) from None
    return str(token["access_token"])


def _fetch(client: OAuth2Session, settings: OAuth) -> dict[str, str]:
    if settings.refresh_token:
        refresh = settings.refresh_token.get_secret_value()
        return dict(client.refresh_token(settings.token_url, refresh_token=refresh))
    return dict(client.fetch_token(settings.token_url, grant_type="client_credentials"))
