"""The register of schools: imported in bulk, looked up by código modular and by address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from mailbot.offices import Office
from mailbot.procedures import OfficeType
from mailbot.store import Store, Tx
from mailbot.store.tables import School, SchoolAddress


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an import, checked."""

    codigo_modular: str
    anexo: str
    name: str
    nivel: str
    ugel: str
    emails: tuple[str, ...]


_CHUNK = 5_000


def replace_all(tx: Tx, rows: Sequence[Row]) -> None:
    """Write schools, each in place of what was known of it: in bulk, past the ORM."""
    bulk = tx.connection()
    codes = sorted({row.codigo_modular for row in rows})
    for first in range(0, len(codes), _CHUNK):
        span = codes[first : first + _CHUNK]
        bulk.execute(delete(School).where(School.codigo_modular.in_(span)))
        bulk.execute(delete(SchoolAddress).where(SchoolAddress.codigo_modular.in_(span)))
    if rows:
        bulk.execute(insert(School), [_school(row) for row in rows])
    if addresses := list(_addresses(rows)):
        bulk.execute(insert(SchoolAddress), addresses)


def _school(row: Row) -> dict[str, str]:
    return {
        "codigo_modular": row.codigo_modular,
        "anexo": row.anexo,
        "name": row.name,
        "nivel": row.nivel,
        "ugel": row.ugel,
    }


def _addresses(rows: Iterable[Row]) -> Iterable[dict[str, str]]:
    pairs = {(email, row.codigo_modular) for row in rows for email in row.emails}
    return ({"email": email, "codigo_modular": code} for email, code in sorted(pairs))


class StoredSchools:
    """The register, as the port the offices look schools up through."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def school(self, code: str) -> Office | None:
        """The school with a código modular; its main anexo when it has several."""
        with self._store.read() as tx:
            rows = select(School).where(School.codigo_modular == code).order_by(School.anexo)
            row = tx.scalar(rows.limit(1))
            emails = select(SchoolAddress.email).where(SchoolAddress.codigo_modular == code)
            return _office(row, tuple(tx.scalars(emails))) if row else None

    def schools_of(self, address: str) -> tuple[Office, ...]:
        """The schools an address speaks for."""
        with self._store.read() as tx:
            rows = (
                select(School)
                .join(SchoolAddress, SchoolAddress.codigo_modular == School.codigo_modular)
                .where(SchoolAddress.email == address)
                .order_by(School.codigo_modular, School.anexo)
            )
            return tuple(_office(row, (address,)) for row in tx.scalars(rows))

    def domains(self) -> frozenset[str]:
        """The domains of the schools' addresses."""
        with self._store.read() as tx:
            found = tx.scalars(select(SchoolAddress.email).distinct())
            return frozenset(email.rpartition("@")[2] for email in found)


def _office(row: School, emails: tuple[str, ...]) -> Office:
    return Office(row.codigo_modular, OfficeType.IE, row.name, row.ugel, emails, row.nivel)
