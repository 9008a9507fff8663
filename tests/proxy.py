"""Real proxies, nginx and Caddy, each with the very file that docs/deploy/ gives."""

from __future__ import annotations

import datetime
import ipaddress
import os
import re
import shutil
import ssl
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from luwte.away import write_pages
from luwte.config import Settings
from tests.servers import ended, free_port, until

DEPLOY = Path(__file__).parent.parent / "docs" / "deploy"
# Nobody may write there: whatever nginx would put on the disk becomes a fault that is seen.
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def program(name: str) -> str:
    """Skips the test where it is not installed. Debian keeps nginx out of most people's path."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """For `localhost` and 127.0.0.1, signed by itself: its own file and its key's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=24))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


class Proxy:
    """In front of the web groups on these ports of this machine; its own name is `localhost`.

    It has its own user, who may write nothing but what `_writes` names.
    """

    kind = ""
    file = ""

    def __init__(self, groups: Sequence[int]) -> None:
        self.groups = groups
        self.https, self.http = free_port(), free_port()
        self.url = f"https://localhost:{self.https}"
        self.folder = Path(tempfile.mkdtemp(prefix=f"luwte-{self.kind}-"))
        self.folder.chmod(0o755)
        self.certificate, self.key = make_certificate(self.folder)
        self.trusts = ssl.create_default_context(cafile=str(self.certificate))
        write_pages(Settings(), self.folder / "away")
        self.settings = self.folder / self.file
        self.settings.write_text(_fitted((DEPLOY / self.file).read_text(), self._fits()))
        for name in TEMPORARY:
            (self.folder / name).mkdir()
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._as = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            for path in (self.folder, *self.folder.rglob("*")):
                shutil.chown(path, "nobody", "nogroup")
        for name in TEMPORARY:
            (self.folder / name).chmod(0o500)

    def _fits(self) -> dict[str, str]:
        """What of the documented file is another here: lines that it has, and what is in theirs."""
        return {
            r"chat\.example\.org": "localhost",
            r"/var/lib/luwte-away": f"{self.folder}/away",
        }

    def _command(self) -> list[str]:
        raise NotImplementedError

    def start(self) -> None:
        command = self._command()
        home = {"HOME": str(self.folder), "PATH": os.environ["PATH"]}
        with (self.folder / "told.txt").open("wb") as told:
            self.process = subprocess.Popen(
                command, stdout=told, stderr=told, env=home, cwd=self.folder, **self._as
            )
        until(self._answers, f"{self.kind} answers")

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.told()
        try:
            return httpx.get(f"http://localhost:{self.http}/").status_code == 301
        except httpx.HTTPError:
            return False

    def told(self) -> str:
        """All that it wrote anywhere."""
        files = [*self.folder.glob("*.log"), self.folder / "told.txt"]
        return "".join(file.read_text() for file in files)

    def client(self, address: str = "127.0.0.1", **headers: str) -> httpx.Client:
        """Somebody on that address of this machine."""
        line = httpx.HTTPTransport(verify=self.trusts, local_address=address)
        return httpx.Client(base_url=self.url, transport=line, headers=headers, timeout=30)

    def remove(self) -> None:
        ended(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)


class Nginx(Proxy):
    kind, file = "nginx", "nginx.conf"

    def _fits(self) -> dict[str, str]:
        ends = "max_fails=1 fail_timeout=2s;", "backup max_fails=0;"
        first, again = (
            "".join(f"server 127.0.0.1:{port} {end}\n" for port in self.groups) for end in ends
        )
        temporary = "".join(f"{name}_temp_path {self.folder}/{name};\n" for name in TEMPORARY)
        live = r"/etc/letsencrypt/live/chat\.example\.org"
        return {
            r"^user www-data;$": "",
            r"^pid /run/nginx.pid;$": f"pid {self.folder}/nginx.pid;",
            r"^worker_rlimit_nofile 65536;$": "",
            r"^    worker_connections 32000;$": "worker_connections 4000;",
            r"/var/log/nginx/error\.log": f"{self.folder}/error.log",
            r"^http \{$": "http {\n" + temporary,
            r"^ +listen \[::\].*$": "",
            r"listen 443 ": f"listen 127.0.0.1:{self.https} ",
            r"listen 80 ": f"listen 127.0.0.1:{self.http} ",
            rf"{live}/fullchain\.pem": str(self.certificate),
            rf"{live}/privkey\.pem": str(self.key),
            rf"^ +server 127\.0\.0\.1:8000 {ends[0]}$": first,
            rf"^ +server 127\.0\.0\.1:8000 {ends[1]}$": again,
        } | super()._fits()

    def _command(self) -> list[str]:
        first = str(self.folder / "first.log")
        return [program("nginx"), "-c", str(self.settings), "-e", first, "-g", "daemon off;"]


class Caddy(Proxy):
    kind, file = "caddy", "Caddyfile"

    def _fits(self) -> dict[str, str]:
        here = f"default_bind 127.0.0.1\nhttp_port {self.http}\nhttps_port {self.https}\n"
        groups = " ".join(f"127.0.0.1:{port}" for port in self.groups)
        name = r"https://chat\.example\.org \{"
        return {
            r"^\tadmin off$": f"admin off\n{here}",
            rf"^{name}$": f"https://localhost {{\ntls {self.certificate} {self.key}\n",
            r"reverse_proxy 127\.0\.0\.1:8000 \{$": f"reverse_proxy {groups} {{",
        } | super()._fits()

    def _command(self) -> list[str]:
        config = ["--config", str(self.settings), "--adapter", "caddyfile"]
        return [program("caddy"), "run", *config]


def _fitted(text: str, fits: dict[str, str]) -> str:
    """The documented file for this place; a line that is not there any more is a fault."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    text = "\n".join(lines) + "\n"
    for pattern, fit in fits.items():
        text, times = re.subn(pattern, fit, text, flags=re.MULTILINE)
        assert times, f"docs/deploy/ has no {pattern!r} any more"
    return text


@contextmanager
def standing_before(kind: type[Proxy], *groups: int) -> Iterator[Proxy]:
    """Skips the test where that proxy is not installed."""
    program(kind.kind)
    server = kind(groups)
    try:
        server.start()
        yield server
    finally:
        server.remove()
