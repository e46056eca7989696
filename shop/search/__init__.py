"""Finding products: by wishes, by photo, by likeness; why each is shown, and what to drop when nothing is."""
