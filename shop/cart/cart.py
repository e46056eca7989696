"""The cart of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection

from shop.catalogue import product_rows
from shop.catalogue.product import ONE_SIZE, Product, price_text
from shop.errors import BadRequest, NotInCart, OutOfStock, SizeNeeded, UnknownProduct, UnknownSize
from shop.tables import cart_items, products
from storage.database import session

QUANTITY_LIMIT = 99


@dataclass(frozen=True)
class CartLine:
    """A product in one size; `available` is what is in stock of that size now."""

    product: Product
    size: str
    quantity: int

    @property
    def available(self) -> int:
        return self.product.in_stock(self.size)

    @property
    def total(self) -> Decimal:
        return self.product.price * self.quantity


@dataclass(frozen=True)
class Cart:
    """The lines, oldest first; prices are the catalogue's of this moment."""

    lines: tuple[CartLine, ...] = ()

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def currency(self) -> str:
        return self.lines[0].product.currency if self.lines else "USD"

    @property
    def count(self) -> int:
        """Pieces in all."""
        return sum(line.quantity for line in self.lines)

    def total_text(self, lang: str) -> str:
        return price_text(self.total, self.currency, lang)

    def sold_out(self) -> tuple[CartLine, ...]:
        """Lines of which less is left than the cart holds."""
        return tuple(line for line in self.lines if line.available < line.quantity)


def view(customer: str) -> Cart:
    """The cart as it is; empty for a new customer."""
    with session() as connection:
        return read(connection, customer)


def read(connection: Connection, customer: str, *, lock: bool = False) -> Cart:
    """The cart, inside a transaction; `lock` holds the products' stock figures until its end."""
    query = (
        sa.select(cart_items.c.size.label("cart_size"), cart_items.c.quantity, *product_rows.COLUMNS)
        .join(products, products.c.id == cart_items.c.product_id)
        .where(cart_items.c.customer == customer)
        .order_by(cart_items.c.added, products.c.id, cart_items.c.size)
    )
    if lock:
        # In one fixed order, so that two checkouts of the same products never wait for each other in a
        # circle.
        ids = sa.select(cart_items.c.product_id).where(cart_items.c.customer == customer)
        connection.execute(
            sa.select(products.c.id).where(products.c.id.in_(ids)).order_by(products.c.id).with_for_update()
        )
    found = connection.execute(query).mappings()
    return Cart(
        tuple(CartLine(product_rows.to_product(row), row["cart_size"], row["quantity"]) for row in found)
    )


def add(customer: str, product_id: str, size: str | None = None, quantity: int = 1) -> Cart:
    """Put `quantity` pieces in; more of what is there already adds up. A product of one size needs no size.

    Raises `UnknownProduct`, `SizeNeeded`, `UnknownSize`, `OutOfStock` (also when the cart would hold more
    than is left), `BadRequest` for a quantity under 1 or over 99.
    """
    with session() as connection:
        product = _product(connection, product_id)
        size = _size(product, size)
        held = connection.execute(
            sa.select(cart_items.c.quantity).where(_line(customer, product_id, size)).with_for_update()
        ).scalar()
        _put(connection, customer, product, size, (held or 0) + _checked(quantity))
        return read(connection, customer)


def set_quantity(customer: str, product_id: str, size: str | None, quantity: int) -> Cart:
    """Make it `quantity` pieces; 0 takes it out. Raises as `add`, and `NotInCart`."""
    if quantity == 0:
        return remove(customer, product_id, size)
    with session() as connection:
        product = _product(connection, product_id)
        size = _size(product, size)
        if not connection.execute(
            sa.select(cart_items.c.quantity).where(_line(customer, product_id, size))
        ).scalar():
            raise NotInCart(product_id=product_id)
        _put(connection, customer, product, size, _checked(quantity))
        return read(connection, customer)


def remove(customer: str, product_id: str, size: str | None = None) -> Cart:
    """Take a product out, in one size or (without) in all. Raises `NotInCart`."""
    condition = (cart_items.c.customer == customer) & (cart_items.c.product_id == product_id)
    if size is not None:
        condition &= sa.func.lower(cart_items.c.size) == size.lower()
    with session() as connection:
        if not connection.execute(cart_items.delete().where(condition)).rowcount:
            raise NotInCart(product_id=product_id)
        return read(connection, customer)


def clear(customer: str) -> int:
    """Empty the cart; returns how many lines it had."""
    with session() as connection:
        return int(connection.execute(cart_items.delete().where(cart_items.c.customer == customer)).rowcount)


def _product(connection: Connection, product_id: str) -> Product:
    # Held until the end of the transaction: between the look at the stock and the writing nobody else sells
    # it.
    query = sa.select(*product_rows.COLUMNS).where(products.c.id == product_id).with_for_update(read=True)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise UnknownProduct(product_id=product_id)
    return product_rows.to_product(row)


def _size(product: Product, name: str | None) -> str:
    if name is None:
        if len(product.sizes) > 1:
            if not product.in_stock():
                raise OutOfStock(product=product, size=None, available=0, sizes=())
            raise SizeNeeded(product=product, sizes=product.sizes_in_stock())
        return product.sizes[0].name
    size = product.size(name) or (product.sizes[0] if _one_size(product) else None)
    if size is None:
        raise UnknownSize(product=product, size=name, sizes=product.sizes_in_stock())
    return size.name


def _one_size(product: Product) -> bool:
    return len(product.sizes) == 1 and product.sizes[0].name == ONE_SIZE


def _checked(quantity: Any) -> int:
    if not isinstance(quantity, int) or not 1 <= quantity <= QUANTITY_LIMIT:
        raise BadRequest(field="quantity", value=quantity)
    return quantity


def _put(connection: Connection, customer: str, product: Product, size: str, quantity: int) -> None:
    available = product.in_stock(size)
    if quantity > min(available, QUANTITY_LIMIT):
        others = tuple(name for name in product.sizes_in_stock() if name != size)
        raise OutOfStock(product=product, size=size, available=min(available, QUANTITY_LIMIT), sizes=others)
    statement = insert(cart_items).values(
        customer=customer, product_id=product.id, size=size, quantity=quantity
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["customer", "product_id", "size"], set_={"quantity": quantity}
        )
    )


def _line(customer: str, product_id: str, size: str) -> Any:
    return (
        (cart_items.c.customer == customer)
        & (cart_items.c.product_id == product_id)
        & (cart_items.c.size == size)
    )
