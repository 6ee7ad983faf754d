"""A folder that `init` has made -> what its README.txt tells the integrator, with the commands of this machine."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from sync.run import services

if TYPE_CHECKING:
    from pathlib import Path

README = """\
This folder sends stock files to a tenant with inventory-sync. All commands are typed in this folder.

Try it (rows go to a practice tenant on this machine):
  inventory-sync check example.csv     what would be sent, and what not, and why
  inventory-sync run example.csv       send it
  inventory-sync status                what was sent

Make it yours:
  1. Draft a mapping from a file of yours, answer the questions in it, and check it:
       inventory-sync mapping guess YOUR-FILE > mappings/yours.yaml
       inventory-sync check YOUR-FILE
  2. Put the tenant's address into inventory-sync.yaml.
  3. Put the API key into the file api_key here, alone (paste it, then Enter and Ctrl-D), and tell where it is:
       (umask 077; cat > api_key)
       export INVENTORY_SYNC_API_KEY_FILE="$PWD/api_key"
  4. inventory-sync doctor             says what is still wrong, and what to do about it
{owner}
The watched folder:
  Files that are dropped into drop/inbox are sent by themselves, and end up in drop/processed, drop/held or drop/failed;
  a .txt beside a held or failed one says why, drop/rejects has the rows to correct, drop/STATUS.html tells it all.
  The first file of each mapping to a real tenant is held, for you to look at: inventory-sync status names it, then
    inventory-sync approve RUN         or discard RUN
  Staff need a share (Samba, SFTP) on drop/ alone, and a group that they and {user} are in:
    chgrp -R GROUP drop && find drop -type d -exec chmod 2770 {{}} +

{schedule}
What lies here:
  inventory-sync.yaml   the configuration
  mappings/             how each kind of file is read; mapping.schema.json lets editors help while you type
  rejects/              of files that were given to `run`: the rows that did not go through, with the reasons
  drop/                 the watched folder
  state/                what was sent when: on a local disk, in your backups, never edited
  cron/                 {kinds}, made for this folder: read them before you install one

Away with it:
  Stop what runs by itself (above). When inventory-sync status shows nothing pending or held, delete this folder:
  with state/ goes the memory of what was sent.
"""
OWNER = """\
  5. You are root. Nothing here needs that; give the folder to a user of its own, and type commands as that user:
       useradd --system --home-dir {folder} --shell /usr/sbin/nologin {user}
       chown -R {user}: {folder}
"""
SYSTEMD = """\
Let it run by itself, now and after each boot (as root):
    cp cron/inventory-sync-watch.service /etc/systemd/system/
    systemctl daemon-reload
    systemctl enable --now inventory-sync-watch.service
  or, with nothing running between, a pass every ten minutes: the head of cron/inventory-sync.timer has the commands.
  What it says:   journalctl -u inventory-sync-watch.service     (the journal keeps it in bounds: no logrotate)
  And no more:
    systemctl disable --now inventory-sync-watch.service
    rm /etc/systemd/system/inventory-sync-watch.service
    systemctl daemon-reload
"""
CRON = """\
Let it run by itself with cron, a pass every ten minutes (as {user}; first put your address after MAILTO in it):
    (crontab -l; cat cron/crontab) | crontab -
  And no more:
    crontab -l | sed '/^# BEGIN inventory-sync/,/^# END inventory-sync/d' | crontab -
"""


def readme(folder: Path) -> str:
    """Write it for a folder, by its absolute path."""
    systemd, cron = services.has_systemd(), services.has_cron()
    ways = [(SYSTEMD, "units for systemd", systemd or not cron), (CRON, "a crontab", cron or not systemd)]
    names = {"folder": shlex.quote(str(folder)), "user": services.user()}
    return README.format(
        **names,
        owner=OWNER.format(**names) if os.getuid() == 0 else "",
        schedule="\n".join(text.format(**names) for text, _, there in ways if there),
        kinds=" and ".join(kind for _, kind, there in ways if there),
    )
