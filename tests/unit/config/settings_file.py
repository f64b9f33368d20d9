"""A small configuration that is right, to be spoilt by the tests in one place at a time."""

ENVIRON = {
    "SLACK_BOT_TOKEN": "xoxb-of-the-tests",
    "SLACK_APP_TOKEN": "xapp-of-the-tests",
    "SLACK_SIGNING_SECRET": "signing-of-the-tests",
    "SMTP_PASSWORD": "password-of-the-tests",
    "TWILIO_AUTH_TOKEN": "auth-of-the-tests",
}

RIGHT = """\
[bridge]
public_url = "https://sms.example.com"
timezone = "America/New_York"
admins = ["Front desk"]

[store]
path = "bridge.db"

[slack]
mode = "socket"
bot_token = { env = "SLACK_BOT_TOKEN" }
app_token = { env = "SLACK_APP_TOKEN" }

[mail]
from = "Missed texts <texts@example.com>"
host = "smtp.example.com"
security = "starttls"
username = "texts@example.com"
password = { env = "SMTP_PASSWORD" }

[carriers.main]
type = "twilio"
account_sid = "AC00000000000000000000000000000000"
auth_token = { env = "TWILIO_AUTH_TOKEN" }

[[people]]
name = "Front desk"
email = "desk@example.com"
slack = "U0FRONTDESK"

[[people]]
name = "Night shift"
email = "night@example.com"

[[contacts]]
name = "Blue Door Bakery"
number = "+14155550123"

[[dids]]
number = "+14155550100"
label = "Main line"
carrier = "main"
channel = "C0TEXTS"
assigned = ["Front desk"]

[[dids]]
number = "+18885550101"
label = "Toll-free"
carrier = "main"
channel = "#texts"
assigned = ["Front desk", "Night shift"]
acknowledge_within = "5m"
"""


def line_of(part: str, text: str) -> int:
    """Return the line on which this part stands first."""
    return text[: text.index(part)].count("\n") + 1
