"""What the shop sells: products, their rows, pictures, embeddings and words."""
