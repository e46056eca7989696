"""Where people answer, other than on our own page, and where tickets go.

service   all of it as part of a server process: start, stop, webhook
base      the interface `Desk`, what a desk reports (`Events`);  registry  which desks there are
own       our own desk, which needs nothing of this
chatwoot  Chatwoot
bridge    what a desk reports, as changes of the hand-over
jobs      what a desk is still to be told;  links  which conversation there is which here
staff     how many people are there;  people  who they are, as agents of ours
tickets   the shop's ticket system: django-helpdesk or e-mail
settings  SHOP_DESK, SHOP_CHATWOOT_…, SHOP_TICKETS, SHOP_HELPDESK_…, SHOP_SMTP_…
"""
