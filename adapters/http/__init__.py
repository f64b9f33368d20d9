"""The one HTTP server of the house and what hangs on it; every door that is called from outside mounts its routes."""

from adapters.http.exchange import WebRequest, WebResponse
from adapters.http.server import HttpServer
from adapters.http.settings import HttpSettings

__all__ = ["HttpServer", "HttpSettings", "WebRequest", "WebResponse"]
