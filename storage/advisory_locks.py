"""PostgreSQL's advisory locks, by name: rooms need not agree on numbers, so no two can get the same one.

A name says what is being done ("migrate handoff", "sign-in login …"); whoever uses the same one waits for the
other. Held by a transaction, a lock ends with it, whatever happens to the process.
"""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from sqlalchemy.engine import Connection

_WAIT = sa.text("SELECT pg_advisory_xact_lock(:key)")
_ATTEMPT = sa.text("SELECT pg_try_advisory_xact_lock(:key)")


def key(name: str) -> int:
    """The number of a name: 64 bits of a hash, as PostgreSQL takes them."""
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def wait(connection: Connection, name: str) -> None:
    """Hold the lock until the transaction ends; waits for whoever has it."""
    connection.execute(_WAIT, {"key": key(name)})


def attempt(connection: Connection, name: str) -> bool:
    """Hold the lock until the transaction ends, if nobody has it."""
    return bool(connection.execute(_ATTEMPT, {"key": key(name)}).scalar_one())
