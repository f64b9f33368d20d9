"""What our OpenAPI document says: for whoever sets up a carrier or a proxy, or tests our HTTP side."""

ABOUT = "What carriers, Slack, proxies and probes call. Every path that does not stand here is answered with 404."

MESSAGE = "A text came. It is answered once it is kept for good; what comes twice is answered alike and shown once."
STATUS = "What became of an SMS of ours. Status only moves forward, in whatever order it is told."
EVENTS = "What people did in Slack: events, interactions, and the proof that this address is ours."
MEDIA = "A file of ours, for a carrier to fetch while its address is valid."
HEALTH = "Is the daemon alive, and how is the house: in figures, without numbers, names or texts."

KEPT = "It is kept; whoever sent the text gets no answer by this."
NOTED = "It is kept."
HEARD = (
    "It is kept. A challenge is answered with itself, a press of a button with what Slack shows, the rest with nothing."
)
FILE = "The file."
FIGURES = "The house is as it should be. What is down outside, or needs somebody, is counted."
VIOLATED = "The house does not do what it should: the store refuses, or an invariant is violated, and which."

SIGNATURE = "The carrier's signature over our public address and the form; what it does not fit is answered with 403."
CHAT_SIGNATURE = "Slack's signature over the moment and the body, no older than five minutes."
CHAT_MOMENT = "The moment of the signature, in seconds."
RANDOM = "Random and expiring; one that never was and one that has expired are answered alike."
ENTRY = "Our own mark on the address that we gave with the SMS."

_REFUSALS = {
    400: "It cannot be read.",
    403: "It does not prove where it comes from.",
    404: "There is nothing here.",
    408: "It did not arrive in time.",
    413: "It is larger than this address takes.",
    415: "Its body is encoded.",
    431: "Its head is longer than anybody needs.",
    503: "Not now: the caller must repeat it.",
}


def refusal(status: int) -> str:
    return _REFUSALS[status]
