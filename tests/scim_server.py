"""A SCIM server of the tests' own, over TLS, in the moods a real one has.

The server is scim2-server. Before it stands what it does otherwise for the next requests: it says
a status, waits, or does what it was told and its answer is lost.
"""

import io
import json
import logging
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import trustme
from scim2_models import ScimProvider
from scim2_server.memory import InMemoryStorage
from scim2_server.testserver.application import BEARER_TOKEN_SCHEME, BearerTokenApplication
from scim2_server.testserver.cli import ThreadingWSGIServer
from scim2_server.utils import (
    load_default_resource_types,
    load_default_schemas,
    load_default_service_provider_config,
)

TOKEN = "una clave de acceso de prueba"
_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
GROUP = "Especialistas de UGEL"


@cache
def _described() -> ScimProvider:
    """What RFC 7643 describes, made into models once."""
    return ScimProvider.from_discovery(
        load_default_schemas().values(),
        load_default_resource_types().values(),
        config=load_default_service_provider_config(),
    )


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:  # noqa: ANN401
        """Not into the tests' output."""


class _Server(ThreadingWSGIServer):
    def handle_error(self, *_: Any) -> None:  # noqa: ANN401
        """A client that hung up, or did not like our certificate."""


class Scim:
    """The running server: where it is, what it holds, and its moods."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = trustme.CA()
        self.cafile = folder / "ca.pem"
        self.authority.cert_pem.write_to_path(str(self.cafile))
        self.moods: deque[tuple[str, Any]] = deque()
        self.asked: list[str] = []
        self.policy: Callable[[str], str] | None = None
        self.fresh()

    def fresh(self, **supported: bool) -> None:
        """Nothing in it but the group; `supported` is what it says it can do."""
        self.config = load_default_service_provider_config()
        self.config.authentication_schemes = [BEARER_TOKEN_SCHEME]
        for name, able in supported.items():
            getattr(self.config, name).supported = able
        provider = ScimProvider(
            models=_described().models,
            resource_types=_described().resource_types,
            config=self.config,
        )
        self.storage = InMemoryStorage()
        self.application = BearerTokenApplication(self.storage, provider, bearer_tokens=[TOKEN])
        self.moods.clear()
        self.asked.clear()
        self.policy = None

    def be(self, *moods: tuple[str, Any]) -> None:
        """For the next requests: ``("status", 429)``, ``("slow", 2)``, ``("lost", "PATCH")``."""
        self.moods.extend(moods)

    def held(self) -> dict[str, Any]:
        """The users by their names."""
        return {
            resource.user_name: resource
            for resource in self.storage.resources
            if hasattr(resource, "user_name")
        }

    def enabled(self) -> set[str]:
        """The names of the active ones."""
        return {name for name, user in self.held().items() if user.active}

    # ---------------------------------------------------------- serving

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:  # noqa: ANN401
        """One request, in the next mood that is for it."""
        self.asked.append(environ["REQUEST_METHOD"])
        mood, how = self._mood(environ["REQUEST_METHOD"])
        if mood == "status":
            headers = [("Content-Type", "application/scim+json"), ("Content-Length", "0")]
            start(f"{how} Mood", [*headers, ("Retry-After", "1800")])
            return []
        if self.policy and (refusal := self._refused(environ)):
            start("400 Bad Request", [("Content-Type", "application/scim+json")])
            return [refusal]
        if mood == "slow":
            time.sleep(how)
        said = self.application(environ, start)
        if mood == "lost":
            b"".join(said)
            raise ConnectionResetError
        return said

    def _refused(self, environ: dict[str, Any]) -> bytes:
        """What the policy says of a new user's password, which it repeats."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        secret = json.loads(body or b"{}").get("password")
        if secret is None or self.policy is None:
            return b""
        said = {"schemas": [_ERROR], "status": "400", "detail": self.policy(secret)}
        return json.dumps({**said, "scimType": "invalidValue"}).encode()

    def _mood(self, method: str) -> tuple[str, Any]:
        if self.moods and not (self.moods[0][0] == "lost" and self.moods[0][1] != method):
            return self.moods.popleft()
        return "", None

    @contextmanager
    def serving(self, name: str = "localhost") -> Iterator[str]:
        """The address while it serves, under a certificate of a name."""
        server = make_server("127.0.0.1", 0, self, _Server, _Quiet)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.authority.issue_cert(name).configure_cert(context)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"https://localhost:{server.server_port}/v2"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@contextmanager
def running() -> Iterator[Scim]:
    """A server's place on disk, for as long as some tests need it."""
    logging.getLogger("scim2_server").setLevel(logging.CRITICAL)
    with TemporaryDirectory() as folder:
        yield Scim(Path(folder))
