"""A web server for a first look at a page on a phone."""

import functools
import socket
import ssl
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOW_TO_CERTIFY = (
    "openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=phone -keyout page.pem -out page.pem"
)


def serve(folder, *, port=8000, host="", certfile=None) -> None:
    """Give a page of `export_web` to phones on the local network, until Ctrl-C.

    Browsers give motion to pages over HTTPS only (and to ``localhost``, on this computer). With a certificate
    of your own making the phone warns once of an unknown sender, and then shows the page; on an iPhone, and
    to keep the page for offline use, the certificate must be one that the phone trusts.

    Parameters
    ----------
    folder : str or path-like
        From `export_web`.
    port : int, default=8000
        0 takes any that is free.
    host : str, default=""
        Address to listen on; the empty one is all of this computer's, "127.0.0.1" itself alone.
    certfile : str or path-like, default=None
        A file with certificate and private key (PEM), for HTTPS.

    Raises
    ------
    FileNotFoundError
        If there is no page in the folder, or no such certificate.
    ValueError
        If the certificate is none, or comes without its private key.
    OSError
        If the port is taken.

    See Also
    --------
    export_web : Write the page.

    Notes
    -----
    It is no server for the open internet. Any that gives out static files over HTTPS is, with the folder.

    Examples
    --------
    >>> from sklearn_har.deploy import serve
    >>> serve("page", certfile="page.pem")  # doctest: +SKIP
    """
    with server_of(folder, port=port, host=host, certfile=certfile) as server:
        try:
            for line in _greeting(server, certfile):
                print(line, flush=True)
            server.serve_forever()
        except KeyboardInterrupt:
            print("Stopped.")


class PageHandler(SimpleHTTPRequestHandler):
    """Static files under their right types, asked for again each time."""

    extensions_map = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".json": "application/json",
        ".onnx": "application/octet-stream",
        ".svg": "image/svg+xml",
        ".wasm": "application/wasm",
        ".webmanifest": "application/manifest+json",
    }

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format, *args) -> None:
        """Say nothing of files that were found."""

    def log_error(self, format, *args) -> None:
        super().log_message(format, *args)


class PageServer(ThreadingHTTPServer):
    """A server to which it is nothing that a phone hangs up, or does not trust it."""

    def handle_error(self, request, client_address) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def server_of(folder, *, port: int, host: str, certfile=None) -> PageServer:
    """Return a server of a page that listens, and does not answer yet."""
    folder = Path(folder)
    if not (folder / "index.html").is_file():
        raise FileNotFoundError(
            f"There is no page in {folder}: write one with export_web(estimator, folder)."
        )
    context = None if certfile is None else _context(certfile)
    try:
        server = PageServer((host, port), functools.partial(PageHandler, directory=str(folder)))
    except OSError as error:
        where = f"port {port} of {host or 'this computer'}"
        raise OSError(error.errno, f"{error.strerror}: {where}. Pass another port=; 0 is any") from error
    if context is not None:
        # a handshake here would keep everybody waiting for whoever connects and says nothing
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server


def _context(certfile) -> ssl.SSLContext:
    if not Path(certfile).is_file():
        raise FileNotFoundError(f"There is no certificate {certfile}. One is made by `{HOW_TO_CERTIFY}`.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certfile)
    except ssl.SSLError as error:
        raise ValueError(
            f"{certfile} holds no certificate with its private key, both in PEM ({error.reason}). One is "
            f"made by `{HOW_TO_CERTIFY}`."
        ) from error
    return context


def _greeting(server: PageServer, certfile) -> list[str]:
    host, port = str(server.server_address[0]), server.server_port
    scheme = "http" if certfile is None else "https"
    here = "localhost" if host in ("0.0.0.0", "127.0.0.1") else host
    lines = [f"The page is at {scheme}://{here}:{port}/ on this computer; Ctrl-C stops it."]
    if host == "127.0.0.1":
        return lines
    if address := _own_address():
        lines.append(f"On the local network it is at {scheme}://{address}:{port}/.")
    if certfile is None:
        lines.append(
            "Phones give no motion to pages over plain HTTP: pass certfile=, with a certificate that you can "
            f"make by `{HOW_TO_CERTIFY}`, or put the folder on any server with HTTPS."
        )
    return lines


def _own_address() -> str | None:
    """Address of this computer on the network, if there is one; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address kept for documentation
        except OSError:
            return None
        return str(probe.getsockname()[0])
