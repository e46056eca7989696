"""The accounts of the service desk: who agents are, what each may do, and who is there now.

agents          add, change, deactivate, list; roles: may(agent, action), sees(agent, group)
passwords       scrypt hashes; which passwords are refused (common_passwords)
signin          sign_in(login, password, address), the one door: lock-out, password, session
desk_sessions   start, read, end: random tokens of which only a hash is stored, with a CSRF token
lockout         how often somebody may try: by login and by address, in the database
presence        which agents are connected, to which process, online or away, and how busy
canned_replies  replies prepared for agents, with shortcuts, in both languages

All functions are synchronous and raise `storage.errors.Unavailable` when the database is away; call
them in a thread. The mistakes a person can make come as `errors.AgentError`, with a stable code.
"""
