"""The data of the shop: training data, words, policies, and the demo catalogue."""
