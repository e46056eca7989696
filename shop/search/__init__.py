"""Finding products by wishes, photo, similarity; why each is shown, and what to drop when nothing is."""
