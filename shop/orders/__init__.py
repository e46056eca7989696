"""From the cart to an order, and orders already placed."""
