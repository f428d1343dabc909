"""What a poll of a large mailbox costs: ``make mailbox``; `MAILS` are put into the inbox first."""

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from house import House, write_config
from servers import Post, running
from test_ingest import fetch, fill


def main(mails: str = "100000") -> None:
    """Fill, fetch all, and poll again five times."""
    os.environ["MAILBOT_SECRET"] = "una clave de prueba de mas de 32 caracteres"
    with TemporaryDirectory() as folder, running() as servers:
        os.environ["MAILBOT_IMAP__PASSWORD"] = servers.password
        post = Post(servers)
        house = House(write_config(Path(folder), post), post)
        fill(house, int(mails))
        for turn in range(6):
            began = time.monotonic()
            found = fetch(house)
            what = "first fetch" if turn == 0 else f"poll {turn}"
            print(f"{what}: {found} new mails, {time.monotonic() - began:.3f} s")  # noqa: T201
        house.store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
