"""Textbook networks on Fashion-MNIST: small, whole examples of how a picture classifier is trained.

Apart from the eyes: nothing in the assistant uses them. They show, in minutes on two cores and with public
data, what a plain convolutional network, a recurrent one and a current one reach on the same pictures.
"""
