"""A catalogue's files into the shop: rows read, records checked, products stored."""
