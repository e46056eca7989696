"""What replies are made of: sentences, policies, product cards. Words and data, neither Rasa nor a turn."""
