"""Who keeps something of a person, and what the shop does: see `storage.personal_data`.

A later revision that makes a table with something of a person in it extends the functions of a part, or adds
a part.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

PERSONAL_DATA = """
CREATE TABLE personal_data (
    part text PRIMARY KEY CHECK (part ~ '^[a-z_]+$'),
    erased integer NOT NULL UNIQUE,         -- its turn in an erasure: the order in which everybody locks
    copied integer UNIQUE,                  -- its place in a copy; NULL: a copy is without it
    photos boolean NOT NULL DEFAULT false   -- goes, too, where only photos are to go
);
INSERT INTO personal_data (part, erased, copied, photos) VALUES
    ('photos', 40, 40, true), ('cart', 50, 10, false), ('wishlist', 60, 20, false),
    ('profile', 70, 30, false), ('orders', 80, 50, false);

CREATE FUNCTION export_cart(person text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('product', product_id, 'size', size, 'quantity', quantity)
        ORDER BY added, product_id, size), '[]')
    FROM cart_items WHERE customer = person
$$;
CREATE FUNCTION forget_cart(person text) RETURNS integer LANGUAGE sql AS $$
    WITH gone AS (DELETE FROM cart_items WHERE customer = person RETURNING 1)
    SELECT count(*)::integer FROM gone
$$;

CREATE FUNCTION export_wishlist(person text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(product_id ORDER BY added DESC, product_id), '[]')
    FROM wishlist_items WHERE customer = person
$$;
CREATE FUNCTION forget_wishlist(person text) RETURNS integer LANGUAGE sql AS $$
    WITH gone AS (DELETE FROM wishlist_items WHERE customer = person RETURNING 1)
    SELECT count(*)::integer FROM gone
$$;

CREATE FUNCTION export_profile(person text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT data FROM profiles WHERE customer = person), '{}')
$$;
CREATE FUNCTION forget_profile(person text) RETURNS integer LANGUAGE sql AS $$
    WITH gone AS (DELETE FROM profiles WHERE customer = person RETURNING 1)
    SELECT count(*)::integer FROM gone
$$;

-- What is known of photos, not their bytes.
CREATE FUNCTION export_photos(person text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', id, 'created', created, 'expires', expires, 'captions', (
            SELECT coalesce(jsonb_agg(finding #> '{look,caption}' ORDER BY place), '[]')
            FROM jsonb_array_elements(look -> 'findings') WITH ORDINALITY AS found (finding, place)
            WHERE finding #> '{look,caption}' <> '{}')
        ) ORDER BY created), '[]')
    FROM photos WHERE owner = person
$$;
CREATE FUNCTION forget_photos(person text) RETURNS integer LANGUAGE sql AS $$
    WITH gone AS (DELETE FROM photos WHERE owner = person RETURNING 1)
    SELECT count(*)::integer FROM gone
$$;

CREATE FUNCTION export_orders(person text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', id, 'status', status, 'placed', placed, 'total', total::text) ORDER BY placed DESC), '[]')
    FROM orders WHERE customer = person
$$;
-- Orders stay, for the shop's books, but no longer lead to the conversation.
CREATE FUNCTION forget_orders(person text) RETURNS integer LANGUAGE sql AS $$
    WITH cut AS (UPDATE orders SET customer = NULL WHERE customer = person RETURNING 1)
    SELECT count(*)::integer FROM cut
$$;
"""


def upgrade() -> None:
    op.execute(PERSONAL_DATA)


def downgrade() -> None:
    for part in ("cart", "wishlist", "profile", "photos", "orders"):
        op.execute(f"DROP FUNCTION export_{part}, forget_{part}")
    op.execute("DROP TABLE personal_data")
