"""Mail, one way: digests are handed to the server that takes mail for others. Nothing is read from any mailbox here."""

from adapters.mail.client import SmtpMail
from adapters.mail.settings import MailSettings

__all__ = ["MailSettings", "SmtpMail"]
