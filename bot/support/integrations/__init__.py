"""Where people answer, other than on our own page, and where tickets go.

service         all of it as part of a server process: start, stop, webhook; routes: its address
base            the interface `Desk`, what a desk reports (`Events`);  registry  which desks there are
own_desk        our own desk, which needs nothing of this
chatwoot        Chatwoot
bridge          what a desk reports, as changes of the hand-over
jobs            what a desk is still to be told;  links  which conversation there is which here
outside_agents  who answers there, as agents of ours
transcripts     a conversation in words;  erasure  what a desk and the tickets forget
tickets         the shop's ticket system: django-helpdesk or e-mail
settings        SHOP_DESK, SHOP_CHATWOOT_…, SHOP_TICKETS, SHOP_HELPDESK_…, SHOP_SMTP_…
"""
