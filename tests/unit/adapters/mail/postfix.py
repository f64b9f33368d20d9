"""A Postfix of our own: private folders, a loopback port, STARTTLS only, one mailbox, everything relayed to a sink.

It needs the Debian package `postfix`, and root, which Postfix insists on in order to drop its rights.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.unit.adapters.mail.relay import CERTIFICATE

_MAIN = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/log
maillog_file_prefixes = {home}
myhostname = relay.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
local_recipient_maps =
alias_maps =
alias_database =
virtual_mailbox_domains = example.com
virtual_mailbox_maps = inline:{{desk@example.com=kept}}
virtual_transport = smtp:[127.0.0.1]:{sink}
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {home}/certificate.pem
smtpd_tls_key_file = {home}/certificate.pem
smtp_tls_security_level = none
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
anvil   unix - - n - 1 anvil
bounce  unix - - n - 0 bounce
cleanup unix n - n - 0 cleanup
defer   unix - - n - 0 bounce
error   unix - - n - - error
pickup  unix n - n 60 1 pickup
postlog unix-dgram n - n - 1 postlogd
proxymap unix - - n - - proxymap
qmgr    unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
scache  unix - - n - 1 scache
smtp    unix - - n - - smtp
tlsmgr  unix - - n 1000? 1 tlsmgr
trace   unix - - n - 0 bounce
"""
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/lib/postfix/sbin"


def need_postfix() -> str:
    """Return the command, or skip with the reason; in CI nothing may be missing."""
    command = shutil.which("postfix", path=_PATH)
    missing = None if command else "the package postfix is not installed (make system-packages)"
    if command and os.geteuid() != 0:
        missing = "only root can start a Postfix of its own"
    if missing and os.environ.get("CI") == "true":
        pytest.fail(missing)
    if not command or missing:
        pytest.skip(missing or "")
    return command


@contextmanager
def postfix(sink: int) -> Iterator[int]:
    """Run a Postfix that relays to the loopback port `sink`; yields its own port.

    Not under tmp_path: its processes give up root's rights, and nobody else may enter there.
    """
    command = need_postfix()
    with tempfile.TemporaryDirectory(prefix="sms-bridge-postfix-") as place:
        home = Path(place)
        port = _free_port()
        _furnish(home, port, sink)
        environment = {"PATH": _PATH}
        try:
            # The command returns when the port is open.
            subprocess.run([command, "-c", home / "etc", "start"], env=environment, check=True, timeout=60)
            yield port
        finally:
            # It ends the master whose id stands in this instance's own folder, and waits for it.
            subprocess.run([command, "-c", home / "etc", "stop"], env=environment, check=True, timeout=60)


def _furnish(home: Path, port: int, sink: int) -> None:
    home.chmod(0o755)
    for folder in ("etc", "queue", "data"):
        (home / folder).mkdir()
    shutil.chown(home / "data", "postfix")
    (home / "certificate.pem").write_bytes(CERTIFICATE.read_bytes())
    (home / "certificate.pem").chmod(0o600)
    (home / "etc/main.cf").write_text(_MAIN.format(home=home, sink=sink))
    (home / "etc/master.cf").write_text(_MASTER.format(port=port))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        assert isinstance(port, int)
        return port
