"""Below the shop: the database, its one history of migrations, live events, work that lies in tables. Knows
no product and no channel.
"""
