"""Cart, wishlist, checkout, orders."""
