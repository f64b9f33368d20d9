"""The emoji this workspace knows, by Slack's short names (iamcal/emoji-data).

A selection: what offices and machines use to mark messages. A workspace can have its own in addition (`custom`).
"""

from collections.abc import Collection

NAMES = {
    "+1": "👍", "-1": "👎", "100": "💯", "1234": "🔢", "alarm_clock": "⏰", "ambulance": "🚑", "angry": "😠",
    "arrow_down": "⬇️", "arrow_left": "⬅️", "arrow_right": "➡️", "arrow_up": "⬆️", "arrows_counterclockwise": "🔄",
    "back": "🔙", "ballot_box_with_check": "☑️", "bangbang": "‼️", "bell": "🔔", "black_circle": "⚫",
    "blue_heart": "💙", "blush": "😊", "bookmark": "🔖", "boom": "💥", "broken_heart": "💔", "bug": "🐛", "bulb": "💡",
    "busts_in_silhouette": "👥", "calendar": "📆", "calling": "📲", "camera": "📷", "cherry_blossom": "🌸",
    "clap": "👏", "clipboard": "📋", "clock1": "🕐", "coffee": "☕", "confused": "😕", "construction": "🚧",
    "cry": "😢", "dizzy": "💫", "double_vertical_bar": "⏸️", "e-mail": "📧", "ear": "👂", "envelope": "✉️",
    "envelope_with_arrow": "📩",
    "exclamation": "❗", "eyeglasses": "👓", "eyes": "👀", "facepalm": "🤦", "fast_forward": "⏩", "fire": "🔥",
    "fist": "✊", "flushed": "😳", "gear": "⚙️", "ghost": "👻", "gift": "🎁", "green_heart": "💚", "grey_question": "❔",
    "grimacing": "😬", "grin": "😁", "grinning": "😀", "hammer": "🔨", "hand": "✋", "handshake": "🤝",
    "hash": "#️⃣", "heart": "❤️", "heart_eyes": "😍", "heavy_check_mark": "✔️", "heavy_exclamation_mark": "❗",
    "heavy_minus_sign": "➖", "heavy_multiplication_x": "✖️", "heavy_plus_sign": "➕", "hourglass": "⌛",
    "hourglass_flowing_sand": "⏳", "hugging_face": "🤗", "hushed": "😯", "inbox_tray": "📥",
    "incoming_envelope": "📨", "information_source": "ℹ️", "innocent": "😇", "interrobang": "⁉️", "iphone": "📱",
    "joy": "😂", "key": "🔑", "kissing_heart": "😘", "large_blue_circle": "🔵", "large_green_circle": "🟢",
    "large_orange_circle": "🟠", "large_yellow_circle": "🟡", "laughing": "😆", "link": "🔗", "lock": "🔒",
    "loudspeaker": "📢", "mag": "🔍", "mailbox": "📫", "mailbox_with_mail": "📬", "mega": "📣", "memo": "📝",
    "moneybag": "💰", "muscle": "💪", "mute": "🔇", "negative_squared_cross_mark": "❎", "neutral_face": "😐",
    "no_bell": "🔕", "no_entry": "⛔", "no_entry_sign": "🚫", "ok": "🆗", "ok_hand": "👌", "open_mouth": "😮",
    "outbox_tray": "📤", "package": "📦", "paperclip": "📎", "partying_face": "🥳", "pencil2": "✏️", "pensive": "😔",
    "phone": "☎️", "point_down": "👇", "point_left": "👈", "point_right": "👉", "point_up": "☝️", "pray": "🙏",
    "pushpin": "📌", "question": "❓", "rage": "😡", "raised_hands": "🙌", "raising_hand": "🙋",
    "recycle": "♻️", "red_circle": "🔴", "relaxed": "☺️", "relieved": "😌", "repeat": "🔁", "robot_face": "🤖",
    "rocket": "🚀", "rofl": "🤣", "rotating_light": "🚨", "scream": "😱", "see_no_evil": "🙈", "shrug": "🤷",
    "slightly_smiling_face": "🙂", "smile": "😄", "smiley": "😃", "smirk": "😏", "sob": "😭", "sos": "🆘",
    "sparkles": "✨", "speech_balloon": "💬", "star": "⭐", "stopwatch": "⏱️", "sunglasses": "😎", "sunny": "☀️",
    "sweat_smile": "😅", "tada": "🎉", "telephone_receiver": "📞", "thinking_face": "🤔", "thread": "🧵",
    "timer_clock": "⏲️", "trophy": "🏆", "truck": "🚚", "unlock": "🔓", "v": "✌️", "vibration_mode": "📳",
    "warning": "⚠️", "wastebasket": "🗑️", "wave": "👋", "white_check_mark": "✅", "white_circle": "⚪", "wink": "😉",
    "worried": "😟", "wrench": "🔧", "x": "❌", "yellow_heart": "💛", "yum": "😋", "zap": "⚡", "zzz": "💤",
}  # fmt: skip

ALIASES = {
    "thumbsup": "+1", "thumbsdown": "-1", "email": "e-mail", "telephone": "phone", "raised_hand": "hand",
    "satisfied": "laughing", "collision": "boom", "pencil": "memo", "face_palm": "facepalm",
    "rolling_on_the_floor_laughing": "rofl",
}  # fmt: skip

TONED = {"+1", "-1", "clap", "ear", "facepalm", "fist", "hand", "handshake", "muscle", "ok_hand", "point_down"} | {
    "point_left", "point_right", "point_up", "pray", "raised_hands", "raising_hand", "shrug", "v", "wave",
}  # fmt: skip

_TONES = {chr(0x1F3FB + step): f"skin-tone-{step + 2}" for step in range(5)}
_BY_CHARACTER = {character.rstrip("\ufe0f"): name for name, character in reversed(NAMES.items())}
_FIRST_CHARACTERS = frozenset(character[0] for character in _BY_CHARACTER if ord(character[0]) > 0x7F)


def canonical(name: str, custom: Collection[str] = ()) -> str | None:
    """Give the name Slack files a reaction under (`thumbsup` is `+1`), or None for a name it does not know."""
    plain, _, tone = name.partition("::")
    plain = ALIASES.get(plain, plain)
    if plain not in NAMES and plain not in custom:
        return None
    if tone:
        return f"{plain}::{tone}" if plain in TONED and tone in _TONES.values() else None
    return plain


def character(name: str) -> str:
    """Give the character of a reaction's name, for showing; the name between colons when there is none."""
    plain, _, tone = name.partition("::")
    drawn = NAMES.get(ALIASES.get(plain, plain))
    if drawn is None:
        return f":{name}:"
    return drawn + next((mark for mark, said in _TONES.items() if said == tone), "")


def as_names(text: str) -> str:
    """Write the emoji of a text the way Slack stores them: `:tada:`, `:wave::skin-tone-3:`."""
    if text.isascii() or _FIRST_CHARACTERS.isdisjoint(text):
        return text
    out: list[str] = []
    for character_ in text:
        if character_ in _BY_CHARACTER and ord(character_) > 0x7F:
            out.append(f":{_BY_CHARACTER[character_]}:")
        elif character_ in _TONES and out and out[-1].endswith(":"):
            out.append(f":{_TONES[character_]}:")
        elif character_ != "\ufe0f" or not (out and out[-1].endswith(":")):
            out.append(character_)
    return "".join(out)
