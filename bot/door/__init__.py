"""What the public meets: limits, headers, uploads, pages, health. Neither Rasa nor TensorFlow."""
