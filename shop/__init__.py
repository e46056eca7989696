"""The shop: catalogue, search, cart, orders, what is known of a customer. No Rasa, no channel.

All functions are synchronous and thread-safe (callers in an event loop use `asyncio.to_thread`), take and
return plain dataclasses, and raise `errors.ShopError` subclasses with a `code` and facts, never texts to be
shown: the dialogue words them. `customer` is the conversation's sender id. Prices are `Decimal`.

    importing   a catalogue file into the catalogue; the demo shop
    recommend   suggestions without a named product, and what goes with one
    customers   profile, sizes, photos, mood, what an agent settled
    orders      checkout, orders placed
    search      by criteria, by photo, by likeness to a product; why each is found, and which wish to drop
    cart        cart, wishlist
    catalogue   products, pictures, embeddings, vocabulary, comparison

Each may import those below it (`orders` and `search` stand side by side), none those above.
"""
