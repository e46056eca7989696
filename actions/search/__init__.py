"""Finding products, refining, comparing, completing a look."""
