"""The people of the service desk: who they are, what each may do, and who is there now.

accounts   add, change, deactivate, list; roles: may(agent, action), sees(agent, group)
passwords  scrypt hashes; which passwords are refused
signin     sign_in(login, password, address), the one door: lock-out, password, session
sessions   start, read, end: random tokens of which only a hash is stored, with a CSRF token
lockout    how often somebody may try: by login and by address, in the database
presence   which agents are connected, to which process, online or away, and how busy
canned     replies prepared for agents, with shortcuts, in both languages
tables     the tables of all these
commands   `python -m bot agent …`

All functions are synchronous and raise `storage.errors.Unavailable` when the database is away; call
them in a thread. The mistakes a person can make come as `errors.AgentError`, with a stable code.
"""
