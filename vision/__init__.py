"""Eyes: what a photo of a product shows.

Bytes and arrays in, dataclasses out; this package imports nothing else of the project. Importing it,
`vision.photo` or `vision.taxonomy` is cheap: TensorFlow is imported only by what needs a network.
"""
