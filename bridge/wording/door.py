"""What strangers and carriers read in our HTTP answers: constant, and telling nothing about the house."""


def not_found() -> str:
    return "Not found.\n"


def method_not_allowed() -> str:
    return "This address does not take that method.\n"


def malformed() -> str:
    return "The request cannot be read.\n"


def too_slow() -> str:
    return "The request did not arrive in time.\n"


def too_large() -> str:
    return "The request is larger than this address takes.\n"


def too_long() -> str:
    return "The head of the request is longer than anybody needs.\n"


def encoded() -> str:
    return "Send the body as it is, without a Content-Encoding.\n"


def refused() -> str:
    return "The signature does not fit.\n"


def busy() -> str:
    return "Not now; please repeat.\n"


def broken() -> str:
    return "Something went wrong here.\n"
