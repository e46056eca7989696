"""What a customer takes back: the same message is kept in two places, and leaves both at once."""

from __future__ import annotations

import sqlalchemy as sa

from storage import database

_REDACT = sa.text(
    """
    UPDATE messages SET body = jsonb_build_object('text', CAST(:text AS text), 'deleted', true)
    WHERE conversation = :c AND client_id = :i AND sender = 'customer'
    """
)
_REDACT_EVENT = sa.text(
    """
    WITH said AS (
        SELECT id, CAST(data AS jsonb) AS data FROM events WHERE sender_id = :c AND type_name = 'user'
    )
    UPDATE events e SET data = CAST(said.data || jsonb_build_object(
        'text', CAST(:text AS text),
        'metadata', (said.data -> 'metadata') - '{photo,photos}'::text[],
        'parse_data', (said.data -> 'parse_data') - 'metadata'
            || jsonb_build_object('text', CAST(:text AS text), 'entities', '[]'::jsonb)
    ) AS text)
    FROM said WHERE e.id = said.id AND said.data ->> 'message_id' = :i
    """
)


def redact(conversation: str, client_id: str, text: str) -> bool:
    """The customer took back a message: `text` stands in its place, for the dialogue, too. False if there is
    none.

    Slots that it has set stay set: what was asked for by it has been answered.
    """
    values = {"c": conversation, "i": client_id, "text": text}
    with database.session() as connection:
        connection.execute(_REDACT_EVENT, values)  # Rasa's events have it by the same id
        return bool(connection.execute(_REDACT, values).rowcount)
