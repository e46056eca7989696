"""A customer's turn: the bot's or a person's, who is asked, what is stored and shown.

Between the conversation and the channels; the hand-over stands in the middle, which is why this is no part of
`bot.conversation` (the hand-over needs the messages).
"""
