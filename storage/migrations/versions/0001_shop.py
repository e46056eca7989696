"""The shop's first tables."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

_IN_ROW = (
    "category",
    "brand",
    "colour",
    "colour2",
    "pattern",
    "material",
    "gender",
    "occasions",
    "season",
    "sizes_in_stock",
    "embedding",
)


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.execute(
        """
        CREATE TABLE products (
            id text PRIMARY KEY,
            category text NOT NULL,
            brand text NOT NULL,
            colour text NOT NULL,
            colour2 text,
            pattern text,
            material text,
            gender text NOT NULL,
            occasions text[] NOT NULL,
            season text,
            price numeric(12, 2) NOT NULL CHECK (price >= 0),
            currency text NOT NULL,
            sizes jsonb NOT NULL,
            sizes_in_stock text[] NOT NULL,
            added date NOT NULL,
            popularity integer NOT NULL,
            line text NOT NULL,
            picture text,
            titles jsonb NOT NULL,
            descriptions jsonb NOT NULL,
            care jsonb NOT NULL,
            words tsvector NOT NULL,
            embedding halfvec(256),
            embedding_key text,
            record_key text NOT NULL
        )
        """
    )
    # Texts are stored beside the rows, attributes and vectors in them: a search looks at the attributes and
    # vectors of many products and at the texts of few.
    op.execute("ALTER TABLE products SET (toast_tuple_target = 256)")
    for column in _IN_ROW:
        op.execute(f"ALTER TABLE products ALTER COLUMN {column} SET STORAGE MAIN")
    # Sizes in stock follow the stock figures by themselves, whoever changes them.
    op.execute(
        """
        CREATE FUNCTION products_sizes_in_stock() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.sizes_in_stock := ARRAY(
                SELECT size ->> 'name' FROM jsonb_array_elements(NEW.sizes) AS size
                WHERE (size ->> 'stock')::int > 0
            );
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER products_sizes BEFORE INSERT OR UPDATE OF sizes ON products "
        "FOR EACH ROW EXECUTE FUNCTION products_sizes_in_stock()"
    )
    # Search narrows by kind most of the time; without a kind the sort orders' indexes let it stop early.
    op.execute("CREATE INDEX products_category ON products (category, popularity DESC, id)")
    op.execute("CREATE INDEX products_popularity ON products (popularity DESC, id)")
    op.execute("CREATE INDEX products_colour ON products (colour, popularity DESC)")
    op.execute("CREATE INDEX products_price ON products (price, id)")
    op.execute("CREATE INDEX products_added ON products (added DESC, id)")
    op.execute("CREATE INDEX products_brand ON products (lower(brand))")
    op.execute("CREATE INDEX products_line ON products (line)")
    op.execute("CREATE INDEX products_words ON products USING gin (words)")
    op.execute("CREATE INDEX products_embedding ON products USING hnsw (embedding halfvec_cosine_ops)")
    op.execute(
        "CREATE TABLE catalogue_state (id integer PRIMARY KEY CHECK (id = 1), version bigint NOT NULL, "
        "changed timestamptz NOT NULL DEFAULT now())"
    )
    op.execute("INSERT INTO catalogue_state (id, version) VALUES (1, 0)")
    op.execute(
        """
        CREATE TABLE cart_items (
            customer text, product_id text REFERENCES products ON DELETE CASCADE, size text,
            quantity integer NOT NULL CHECK (quantity > 0), added timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (customer, product_id, size)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE wishlist_items (
            customer text, product_id text REFERENCES products ON DELETE CASCADE,
            added timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (customer, product_id)
        )
        """
    )
    op.execute("CREATE INDEX cart_items_product ON cart_items (product_id)")
    op.execute("CREATE INDEX wishlist_items_product ON wishlist_items (product_id)")
    op.execute(
        "CREATE TABLE profiles (customer text PRIMARY KEY, data jsonb NOT NULL, "
        "changed timestamptz NOT NULL DEFAULT now())"
    )
    op.execute(
        """
        CREATE TABLE orders (
            id text PRIMARY KEY,
            customer text,
            email text NOT NULL,
            status text NOT NULL,
            items jsonb NOT NULL,
            total numeric(12, 2) NOT NULL,
            currency text NOT NULL,
            placed timestamptz NOT NULL DEFAULT now(),
            shipped timestamptz,
            delivered timestamptz,
            expected date,
            carrier text,
            tracking text,
            checkout text UNIQUE
        )
        """
    )
    op.execute("CREATE INDEX orders_customer ON orders (customer)")
    op.execute("CREATE SEQUENCE order_numbers START 2001")
    op.execute(
        """
        CREATE TABLE photos (
            id text PRIMARY KEY, owner text NOT NULL, jpeg bytea NOT NULL, width integer NOT NULL,
            height integer NOT NULL, look jsonb, created timestamptz NOT NULL DEFAULT now(),
            expires timestamptz NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX photos_owner ON photos (owner)")
    op.execute("CREATE INDEX photos_expires ON photos (expires)")


def downgrade() -> None:
    op.execute(
        "DROP TABLE IF EXISTS photos, orders, profiles, wishlist_items, cart_items, catalogue_state, "
        "products CASCADE"
    )
    op.execute("DROP FUNCTION IF EXISTS products_sizes_in_stock")
    op.execute("DROP SEQUENCE IF EXISTS order_numbers")
