"""How the eyes learn whether there is a product on a photo at all (`vision.inference.product_presence`)."""
