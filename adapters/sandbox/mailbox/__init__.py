"""A mail server in miniature: it takes mails by SMTP as strictly as a real one, and shows them as an inbox.

It fails on demand in every phase of the dialogue. STARTTLS is offered only with a certificate handed in; none is made.
"""

from adapters.sandbox.mailbox.mail import Mail, Picture
from adapters.sandbox.mailbox.world import MailWorld, Reply

__all__ = ["Mail", "MailWorld", "Picture", "Reply"]
