"""The register of schools, small facts, and who has which work in hand."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from mailbot.store.tables.table import Table


class School(Table):
    """A school service of the register, by código modular and anexo."""

    __tablename__ = "schools"

    codigo_modular: Mapped[str] = mapped_column(String(7), primary_key=True)
    anexo: Mapped[str] = mapped_column(String(1), primary_key=True)
    name: Mapped[str]
    nivel: Mapped[str] = mapped_column(String(40))
    ugel: Mapped[str] = mapped_column(String(6), index=True)


class SchoolAddress(Table):
    """An address that speaks for a school; one may speak for several."""

    __tablename__ = "school_addresses"

    email: Mapped[str] = mapped_column(primary_key=True)
    codigo_modular: Mapped[str] = mapped_column(String(7), primary_key=True, index=True)


class Mark(Table):
    """A small fact to remember: the day of the last digest, the schema's version."""

    __tablename__ = "marks"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Lease(Table):
    """Who works on what (``mail:12``, ``letter:7``), reads a mailbox, or is a worker at all.

    Times are the database's own. Whoever holds the token may commit; `epoch` counts the holders.
    """

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    token: Mapped[str] = mapped_column(String(32))
    holder: Mapped[str] = mapped_column(String(120))  # host and process
    since: Mapped[datetime]
    until: Mapped[datetime]
    epoch: Mapped[int] = mapped_column(BigInteger)
