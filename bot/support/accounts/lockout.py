"""How often somebody may try to sign in: counted by login and by address, in the database, for all processes.

An attempt is written down as failed before the password is looked at, and marked good afterwards; so a
hundred at once are counted like a hundred in a row. After a few failures each further one doubles the time
in which nothing is tried at all. What is refused while locked is not counted, so nobody can lengthen a lock
by knocking on.

Known and unknown logins are counted alike. From an address where a login has signed in before, only that
address's failures count: a stranger who guesses cannot lock out the staff in their own shop.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.support.accounts import logins
from bot.support.accounts.errors import Locked
from storage import advisory_locks, database, settings

FREE_BY_LOGIN = 5  # failures before the first wait
FREE_BY_ADDRESS = 20  # a whole shop may sit behind one address
FIRST_WAIT = 5  # seconds, doubled with each further failure
LONGEST_WAIT = 15 * 60
LOGIN_WINDOW = 24 * 3600  # seconds that a failure counts
ADDRESS_WINDOW = 3600
KEEP = 30 * 24 * 3600  # seconds that attempts are kept, and an address is known


def wait_after(failures: int, free: int) -> int:
    """Seconds to wait after so many failures."""
    if failures < free:
        return 0
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures - free, 20))


# The failures that count: since the last success here; elsewhere those of every address not known to be the
# agent's.
_BY_LOGIN = sa.text(
    """
    WITH known AS (
        SELECT address, max(at) AS last FROM agent_attempts WHERE login = :login AND good
            AND at > clock_timestamp() - make_interval(secs => :keep) GROUP BY address
    )
    SELECT count(*) AS failures, extract(epoch FROM clock_timestamp() - max(at)) AS ago
    FROM agent_attempts a WHERE login = :login AND NOT good
    AND at > clock_timestamp() - make_interval(secs => :window)
    AND CASE WHEN EXISTS (SELECT FROM known WHERE address = :address)
        THEN a.address = :address AND a.at > (SELECT last FROM known WHERE address = :address)
        ELSE NOT EXISTS (SELECT FROM known WHERE known.address = a.address) END
    """
)
# Somebody who mistyped and then got in has done nothing; somebody who tries many logins has.
_BY_ADDRESS = sa.text(
    """
    SELECT count(*) AS failures, extract(epoch FROM clock_timestamp() - max(at)) AS ago
    FROM agent_attempts a WHERE address = :address AND NOT good
    AND at > clock_timestamp() - make_interval(secs => :window)
    AND NOT EXISTS (SELECT FROM agent_attempts b WHERE b.address = a.address AND b.login = a.login AND b.good
        AND b.at > a.at)
    """
)


def begin(login: str, address: str) -> int:
    """Write down an attempt as failed, before the password is looked at; returns its number for `succeeded`.

    Raises `Locked`, equally for logins that do not exist.
    """
    key, place = _key(login), normal_address(address)
    with database.session() as connection:
        # Always in this order, so that two attempts never wait for each other.
        advisory_locks.wait(connection, f"sign-in address {place}")
        advisory_locks.wait(connection, f"sign-in login {key}")
        left = max(_left(connection, key, place))
        if left > 0:
            raise Locked(math.ceil(left))
        return int(
            connection.execute(
                sa.text(
                    "INSERT INTO agent_attempts (login, address, good) VALUES (:l, :a, false) RETURNING id"
                ),
                {"l": key, "a": place},
            ).scalar_one()
        )


def succeeded(attempt: int) -> None:
    """The password was right: the failures before this attempt no longer count here."""
    with database.session() as connection:
        connection.execute(sa.text("UPDATE agent_attempts SET good = true WHERE id = :id"), {"id": attempt})


def seconds_left(login: str, address: str) -> int:
    """How long this login is locked at this address; 0 if it is not."""
    with database.session() as connection:
        return max(0, math.ceil(max(_left(connection, _key(login), normal_address(address)))))


def forgive(connection: Connection, login: str) -> None:
    """Forget a login's failures, inside the caller's transaction (its password was set anew)."""
    statement = sa.text("DELETE FROM agent_attempts WHERE login = :l AND NOT good")
    connection.execute(statement, {"l": _key(login)})


def sweep() -> int:
    """Delete attempts that no longer matter; returns how many."""
    with database.session() as connection:
        statement = sa.text(
            "DELETE FROM agent_attempts WHERE at < clock_timestamp() - make_interval(secs => :keep)"
        )
        return int(connection.execute(statement, {"keep": KEEP}).rowcount)


def normal_address(address: str) -> str:
    """An address as it is counted: IPv6 by its network, for everybody at home has 2^64 of those addresses."""
    try:
        parsed = ipaddress.ip_address(address.strip().strip("[]").split("%")[0])
    except ValueError:
        return address.strip()[:60] or "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False))
    return str(parsed)


def _left(connection: Connection, key: str, place: str) -> tuple[float, float]:
    counted = (
        (_BY_LOGIN, LOGIN_WINDOW, FREE_BY_LOGIN),
        (_BY_ADDRESS, ADDRESS_WINDOW, FREE_BY_ADDRESS),
    )
    left = []
    for statement, window, free in counted:
        values = {"login": key, "address": place, "window": window, "keep": KEEP}
        row = connection.execute(statement, values).one()
        left.append(wait_after(row.failures, free) - float(row.ago) if row.failures else 0.0)
    return left[0], left[1]


def _key(login: str) -> str:
    # Hashed with the installation's secret: people type passwords where the login belongs.
    word = logins.normal(login).encode("utf-8", "replace")
    return hmac.new(settings.secret().encode(), word, hashlib.sha256).hexdigest()
