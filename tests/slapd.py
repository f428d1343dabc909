"""An OpenLDAP of the tests' own, with everything a real directory may put in the bot's way.

One server, unprivileged, in a temporary folder, over TLS, with several trees: one with a password
policy, one with the attributes of Active Directory, one that is read only and one that is full.
`Tree.fresh` gives each test an empty place of its own.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import trustme
from ldap3 import BASE, SUBTREE, Connection, Server

PASSWORD = "una clave del directorio"
ROOT = "cn=root"
"""The name of who may do everything, under each tree."""
_SCHEMAS = ("core", "cosine", "inetorgperson")


def missing() -> str:
    """Why it cannot run; empty when it can."""
    return "" if _program() else "no hay slapd"


def _program() -> str | None:
    return shutil.which("slapd", path="/usr/sbin:/usr/local/sbin:/usr/bin")


_AD_SCHEMA = """
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' EQUALITY integerMatch
    SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.90 NAME 'unicodePwd' EQUALITY octetStringMatch
    SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.96 NAME 'pwdLastSet' EQUALITY integerMatch
    SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch
    SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{{20}} SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.35 NAME 'employeeID' EQUALITY caseIgnoreMatch
    SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{{16}} SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.2.141 NAME 'department' EQUALITY caseIgnoreMatch
    SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{{64}} SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.9 NAME 'user' SUP organizationalPerson STRUCTURAL
    MAY ( userAccountControl $ unicodePwd $ pwdLastSet $ sAMAccountName $ employeeID $ department
    $ employeeNumber $ displayName $ givenName $ mail ) )
"""
"""What Active Directory calls things, as MS-ADA defines them (its own server cannot be had)."""
_HEAD = """
{includes}
include {root}/ad.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
pidfile {root}/slapd.pid
TLSCACertificateFile {root}/ca.pem
TLSCertificateFile {root}/server.pem
TLSCertificateKeyFile {root}/server.key
TLSVerifyClient never
sizelimit unlimited
threads 4
"""
_TREE = """
database mdb
suffix "{suffix}"
rootdn "cn=root,{suffix}"
rootpw "{password}"
directory {root}/{name}
maxsize {size}
dbnosync
access to dn.base="{suffix}" attrs=children,entry by dn="cn=mailbot,{suffix}" write by * read
access to attrs=userPassword,unicodePwd by dn="cn=mailbot,{suffix}" write by self write
    by anonymous auth
access to * by dn="cn=mailbot,{suffix}" write by dn="cn=lector,{suffix}" read by self read
    by * search
{more}
"""


@dataclass
class Tree:
    """One tree of the server."""

    server: "Slapd"
    suffix: str
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @contextmanager
    def bound(self, dn: str, password: str) -> Iterator[Connection]:
        """A connection as somebody; it says whether it is one."""
        host = Server("127.0.0.1", self.server.port, get_info="NO_INFO")
        wire = Connection(host, dn, password, receive_timeout=10)
        wire.bind()
        try:
            yield wire
        finally:
            wire.unbind()

    @contextmanager
    def root(self) -> Iterator[Connection]:
        """A connection that may do everything."""
        with self.bound(f"{ROOT},{self.suffix}", PASSWORD) as wire:
            yield wire

    def fresh(self) -> str:
        """An empty place for accounts and groups; its DN."""
        base = f"ou=p{next(self.numbers)},{self.suffix}"
        with self.root() as wire:
            assert wire.add(base, "organizationalUnit"), wire.result
        return base

    def found(self, base: str, words: str = "(objectClass=person)") -> dict[str, dict[str, Any]]:
        """Entries under a place, with their operational attributes."""
        wire = self._looking
        wire.search(base, words, SUBTREE, attributes=["*", "+"])
        return {e["dn"]: dict(e["raw_attributes"]) for e in wire.response or ()}

    @cached_property
    def _looking(self) -> Connection:
        """The connection that only looks: one for all, closed with the server."""
        wire = self.server.stack.enter_context(self.root())
        assert isinstance(wire, Connection)
        return wire

    def may_enter(self, dn: str, password: str) -> bool:
        """Whether somebody gets in."""
        with self.bound(dn, password) as wire:
            return bool(wire.bound)

    def change(self, dn: str, changes: Mapping[str, Any]) -> None:
        """Change an entry by hand."""
        with self.root() as wire:
            assert wire.modify(dn, dict(changes)), wire.result


@dataclass
class Slapd:
    """The running server; `other_cafile` is an authority that did not sign its certificate."""

    root: Path
    port: int  # StartTLS offered
    tls_port: int
    cafile: Path
    other_cafile: Path
    policy: Tree = field(init=False)
    ad: Tree = field(init=False)
    bare: Tree = field(init=False)  # nothing but inetOrgPerson
    frozen: Tree = field(init=False)
    full: Tree = field(init=False)
    stack: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        """Name the trees."""
        for name in _TREES:
            setattr(self, name, Tree(self, f"dc={name},dc=example"))


_TREES: Mapping[str, tuple[int, str]] = {
    "policy": (
        1 << 26,
        'overlay ppolicy\nppolicy_default "cn=normas,dc=policy,dc=example"\nppolicy_use_lockout',
    ),
    "ad": (1 << 26, ""),
    "bare": (1 << 26, ""),
    "frozen": (1 << 24, "readonly on"),
    "full": (1 << 18, ""),
}


@contextmanager
def running() -> Iterator[Slapd]:
    """Start it; it is gone at the end."""
    with TemporaryDirectory(prefix="slapd") as name:
        made = _prepared(Path(name))
        urls = f"ldap://127.0.0.1:{made.port} ldaps://127.0.0.1:{made.tls_port}"
        for tree in (made.policy, made.ad, made.bare, made.frozen, made.full):
            _load(made, tree)
        command = [_program() or "", "-f", f"{name}/slapd.conf", "-h", urls, "-d", "0"]
        with (Path(name) / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait(made, process)
            with made.stack:
                yield made
        finally:
            process.terminate()
            process.wait(20)


def _prepared(root: Path) -> Slapd:
    authority, other = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(root / "ca.pem")
    other.cert_pem.write_to_path(root / "other.pem")
    certificate = authority.issue_cert("127.0.0.1", "localhost")
    certificate.private_key_pem.write_to_path(root / "server.key")
    for number, blob in enumerate(certificate.cert_chain_pems):
        blob.write_to_path(root / "server.pem", append=number > 0)
    made = Slapd(root, _free(), _free(), root / "ca.pem", root / "other.pem")
    includes = "\n".join(f"include /etc/ldap/schema/{name}.schema" for name in _SCHEMAS)
    config = _HEAD.format(includes=includes, root=root)
    for name, (size, more) in _TREES.items():
        (root / name).mkdir()
        suffix = f"dc={name},dc=example"
        config += _TREE.format(
            suffix=suffix, password=PASSWORD, root=root, name=name, size=size, more=more
        )
    (root / "ad.schema").write_text(_AD_SCHEMA.format())
    (root / "slapd.conf").write_text(config)
    return made


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _load(made: Slapd, tree: Tree) -> None:
    """What is there on the first day: the tree's top, the bot's own entry, a policy."""
    people = "".join(
        f"""
dn: cn={name},{tree.suffix}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: {name}
userPassword: {PASSWORD}
"""
        for name in ("mailbot", "lector")
    )
    policy = f"""
dn: cn=normas,{tree.suffix}
objectClass: applicationProcess
objectClass: pwdPolicy
cn: normas
pwdAttribute: userPassword
pwdLockout: TRUE
pwdMustChange: TRUE
pwdCheckQuality: 2
pwdMinLength: 10

dn: cn=estrictas,{tree.suffix}
objectClass: applicationProcess
objectClass: pwdPolicy
cn: estrictas
pwdAttribute: userPassword
pwdLockout: TRUE
pwdCheckQuality: 2
pwdMinLength: 40
"""
    top = f"""dn: {tree.suffix}
objectClass: dcObject
objectClass: organization
o: prueba
{people}{policy if tree.suffix.startswith("dc=policy") else ""}
dn: ou=cuentas,{tree.suffix}
objectClass: organizationalUnit
"""
    subprocess.run(
        [_program() or "", "-T", "add", "-f", str(made.root / "slapd.conf"), "-b", tree.suffix],
        input=top.encode(),
        check=True,
        capture_output=True,
    )


def _wait(made: Slapd, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        try:
            with socket.create_connection(("127.0.0.1", made.tls_port), 1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError((made.root / "log").read_text())


__all__ = ["BASE", "PASSWORD", "ROOT", "Slapd", "Tree", "missing", "running"]
