"""The server of the service desk's web page, `/desk`.

routes        add_routes(app, …): all addresses
server        DeskServer: the desk in one process
route_guard   who may pass; refusals: why not; security: cookie, headers; page_texts: both languages
access        what an agent may see: the one place that decides it
signin_routes api_routes photo_routes team_routes   the REST routes
socket        one open page; frames: reading, agent_frames: doing what it asks for
hub board feed                                      pages, hand-overs, and who hears of what
views handoff_lines context_view private_notes welcome product_search   what the page shows, as JSON
message_search figures                              finding and counting
"""

from bot.support.desk.routes import add_routes

__all__ = ("add_routes",)
