"""What an app's manifest tells its people: what it is, what its menus offer, and why it needs each right."""

NAME = "SMS Bridge"
BOT = "sms-bridge"
DESCRIPTION = "Text messages as threads: answer in Slack, and nobody is forgotten."

COMMAND, COMMAND_DOES, COMMAND_HINT = "/sms", "Write a new text, or find one", "[number] [text] | find words"
NEW_SMS, NEW_SMS_DOES = "New SMS", "Text somebody from one of our numbers"
NOTE, NOTE_DOES = "Send as note", "Keep this reply among colleagues, if it has not gone out yet"
SEND, SEND_DOES = "Send to customer", "Let this note of yours go out after all"

REASONS = {
    "chat:write": "to post texts in threads, and to change the first post as its state changes",
    "commands": "for /sms and the shortcuts",
    "channels:history": "to hear replies in public channels, and to read back what was missed",
    "groups:history": "the same in private channels",
    "channels:read": "to find a channel by its name, and to show nobody what stands where he cannot look",
    "groups:read": "the same for private channels, and who is in them",
    "reactions:read": "because a reaction acknowledges",
    "reactions:write": "to mark each reply with what became of it",
    "files:read": "to text the pictures of replies",
    "files:write": "to show the pictures that phones send",
    "im:write": "to hand a conversation that somebody exports to him alone, in a direct message",
    "users:read": "for names, and to tell members from guests, strangers and bots",
    "usergroups:read": "to know who is in the groups among the responders",
}
