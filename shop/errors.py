"""What can go wrong in the shop, as codes and facts; the dialogue words them in the customer's language."""

from __future__ import annotations

from storage.errors import CodedError

# One family with what storage raises: who catches a `ShopError` catches `Unavailable`, too.
ShopError = CodedError


class UnknownProduct(ShopError):
    """No such product (any more). Facts: product_id."""

    code = "unknown_product"


class UnknownOrder(ShopError):
    """No order with this number AND this e-mail; which of the two is wrong is never told."""

    code = "unknown_order"


class SizeNeeded(ShopError):
    """The product comes in several sizes and none was named. Facts: product, sizes (in stock, names)."""

    code = "size_needed"


class UnknownSize(ShopError):
    """The product does not come in this size. Facts: product, size, sizes (in stock, names)."""

    code = "unknown_size"


class OutOfStock(ShopError):
    """Less is left than was asked for. Facts: product, size, available (int), sizes (others in stock)."""

    code = "out_of_stock"


class NotInCart(ShopError):
    """The product is not in the cart. Facts: product_id."""

    code = "not_in_cart"


class EmptyCart(ShopError):
    code = "empty_cart"


class TooLate(ShopError):
    """The order has left (or is cancelled already). Facts: order."""

    code = "too_late"


class BadToken(ShopError):
    """A signed link that we did not sign, or that is no longer valid."""

    code = "bad_token"


class BadRequest(ShopError):
    """A value that cannot be meant: a quantity of 0, an e-mail without @. Facts: field, value."""

    code = "bad_request"


class ImportFailed(ShopError):
    """The catalogue file as a whole cannot be read: missing, empty, wrong columns."""

    code = "import_failed"
