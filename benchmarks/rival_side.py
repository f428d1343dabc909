"""django-helpdesk reads a mailbox: run by ``rival.py`` with the Python of .rival, never by ours.

Arguments: a folder for its database, the IMAP port, the mailbox and its password. Prints seconds.
"""

import logging
import sys
import time
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.urls import include, path

FOLDER, PORT, ADDRESS, PASSWORD = sys.argv[1:]
urlpatterns: list[object] = []  # this module is the project's URLs as well
NEEDS = ("auth", "contenttypes", "sessions", "sites", "messages", "humanize", "admin")


def set_up() -> None:
    """A project of its own, as its handbook says, its letters kept in memory."""
    settings.configure(
        SECRET_KEY="de prueba",  # noqa: S106  a key of nothing
        INSTALLED_APPS=[
            *(f"django.contrib.{name}" for name in NEEDS),
            "rest_framework",
            "helpdesk",
        ],
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{FOLDER}/helpdesk.db"}
        },
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        MEDIA_ROOT=FOLDER,
        SITE_ID=1,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        ROOT_URLCONF="__main__",
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
        HELPDESK_TEAMS_MODE_ENABLED=False,
    )
    django.setup()
    logging.disable(logging.CRITICAL)
    call_command("migrate", verbosity=0)
    urlpatterns.append(path("", include("helpdesk.urls", namespace="helpdesk")))


def main() -> None:
    """Read the mailbox once, and say how long it took and how many tickets came of it."""
    set_up()
    from helpdesk.email import process_email  # noqa: PLC0415  not before Django is set up
    from helpdesk.models import Queue, Ticket  # noqa: PLC0415  the same

    Queue.objects.create(
        title="SIAGIE",
        slug="siagie",
        email_address=ADDRESS,
        allow_email_submission=True,
        email_box_type="imap",
        email_box_host="127.0.0.1",
        email_box_port=int(PORT),
        email_box_user=ADDRESS,
        email_box_pass=PASSWORD,
        email_box_imap_folder="INBOX",
        logging_type="none",
    )
    began = time.perf_counter()
    process_email(quiet=True)
    sys.stdout.write(f"{time.perf_counter() - began} {Ticket.objects.count()}")


if __name__ == "__main__":
    Path(FOLDER).mkdir(parents=True, exist_ok=True)
    main()
