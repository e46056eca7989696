"""A messenger's contract: how a platform is heard, how a photo is fetched, a message drawn and sent.

    the platform calls ── hear: is it the platform? what does it report? ── inbox (kept, then acknowledged)
    inbox ── arrivals: photos through their door, presses, albums ──► Channel.receive ──► dialogue or desk
    stored messages ── outbox ── draw: the best that the platform can show ── send (once, in order)

A platform's `Messenger` says how its calls are proven and read (`hear`), how a photo is fetched (`fetch`),
how a message is drawn (`draw`) and sent (`send`). This is the contract, and what helps to keep it; what runs
a messenger is `bot.channels.runtime`, of which a platform knows the `Assistant` only. All are off until
`credentials.yml` names them; see docs/messengers/.
"""
