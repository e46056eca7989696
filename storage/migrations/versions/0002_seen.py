"""What the eyes see of a product beyond its record, and its sleeves."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Both are added without touching the rows: they are filled when a row is next written, at the latest when
    # the new eyes look at its picture.
    op.execute("ALTER TABLE products ADD COLUMN seen jsonb NOT NULL DEFAULT '{}', ADD COLUMN sleeves text")
    op.execute("ALTER TABLE products ALTER COLUMN seen SET STORAGE MAIN")
    # The sleeves are what the title says, else what the eyes saw, else what the kind means.
    op.execute(
        r"""
        CREATE FUNCTION products_derived() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE title text := NEW.titles ->> 'en';
        BEGIN
            NEW.sizes_in_stock := ARRAY(
                SELECT size ->> 'name' FROM jsonb_array_elements(NEW.sizes) AS size
                WHERE (size ->> 'stock')::int > 0
            );
            NEW.sleeves := CASE
                WHEN title ~* '\msleeveless\M' THEN 'sleeveless'
                WHEN title ~* '\m(long|full)[ -]sleeve' THEN 'long'
                WHEN title ~* '\m(short|half)[ -]sleeve' THEN 'short'
                WHEN NEW.seen ? 'sleeves' THEN NEW.seen ->> 'sleeves'
                WHEN NEW.category IN ('tank_top', 'waistcoat') THEN 'sleeveless'
                WHEN NEW.category IN ('t_shirt', 'polo') THEN 'short'
                WHEN NEW.category IN ('long_sleeve', 'sweatshirt', 'hoodie', 'coat', 'blazer') THEN 'long'
            END;
            RETURN NEW;
        END $$
        """
    )
    op.execute("DROP TRIGGER products_sizes ON products")
    op.execute("DROP FUNCTION products_sizes_in_stock")
    op.execute(
        "CREATE TRIGGER products_derived BEFORE INSERT OR UPDATE ON products "
        "FOR EACH ROW EXECUTE FUNCTION products_derived()"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE products DROP COLUMN seen, DROP COLUMN sleeves")
    op.execute("DROP TRIGGER products_derived ON products")
    op.execute("DROP FUNCTION products_derived")
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
