"""`serve.py prepare` makes the database with an account and a queue; `serve.py PORT_FILE` serves until killed."""

import os
import sys
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "site_settings"
TOKEN = "0123456789abcdef0123456789abcdef01234567"
PASSWORD = "the password of the test's account"


def prepare() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from django.contrib.auth import get_user_model
    from helpdesk.models import Queue
    from rest_framework.authtoken.models import Token

    user = get_user_model().objects.create_superuser("shop-bot", "bot@shop.example", PASSWORD)
    Token.objects.create(user=user, key=TOKEN)
    Queue.objects.create(title="Shop chat", slug="chat", email_address="service@shop.example")


def serve(port_file: Path) -> None:
    from django.core.wsgi import get_wsgi_application
    from waitress import create_server

    server = create_server(get_wsgi_application(), host="127.0.0.1", port=0, threads=4)
    new = port_file.with_suffix(".new")
    new.write_text(str(server.effective_port))
    new.rename(port_file)
    server.run()


if __name__ == "__main__":
    import django

    django.setup()
    prepare() if sys.argv[1] == "prepare" else serve(Path(sys.argv[1]))
