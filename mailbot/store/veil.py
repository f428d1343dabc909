"""The database's own key, which veils: kept sealed under the first of ours, in the marks."""

from sqlalchemy import Connection, text

from mailbot.store.seal import Keyring, new_veil

_KEY = {"key": "veil"}


def known(connection: Connection, ring: Keyring) -> bool:
    """Put the key into the ring; False when the database has none yet. Proof that ours fit."""
    kept = connection.scalar(text("SELECT value FROM marks WHERE key = :key"), _KEY)
    if kept is None:
        return False
    ring.veil = bytes.fromhex(ring.open_text(kept, "veil"))
    return True


def take(connection: Connection, ring: Keyring) -> None:
    """Put the key into the ring, made anew if there is none; within a writer's transaction."""
    if not known(connection, ring):
        ring.veil = new_veil()
        row = {**_KEY, "value": _sealed(ring)}
        connection.execute(text("INSERT INTO marks (key, value) VALUES (:key, :value)"), row)


def rewrap(connection: Connection, ring: Keyring) -> None:
    """Seal the key under the first of ours: the last act of a rotation."""
    row = {**_KEY, "value": _sealed(ring)}
    connection.execute(text("UPDATE marks SET value = :value WHERE key = :key"), row)


def _sealed(ring: Keyring) -> str:
    return ring.seal_text(ring.veil.hex(), "veil")
