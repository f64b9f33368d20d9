"""Slack's names of emoji as Unicode characters: the ones people use most; the rest stays as it was typed.

Rich text carries the character itself, so this table serves only plain `text` and clients that leave it out.
"""

import re
import unicodedata

_NAMED = re.compile(r":([a-z0-9_+'-]+)(?:::(skin-tone-[2-6]))?:", re.ASCII)

_TABLE = """
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 ok_hand 👌 wave 👋 clap 👏 pray 🙏 muscle 💪 raised_hands 🙌 point_up ☝️ v ✌️
point_right 👉 point_left 👈 point_down 👇 point_up_2 👆 crossed_fingers 🤞 handshake 🤝 raised_hand ✋ hand ✋ fist ✊
facepunch 👊 punch 👊 open_hands 👐 writing_hand ✍️ eyes 👀 ear 👂 brain 🧠 shrug 🤷 facepalm 🤦 face_palm 🤦
smile 😄 smiley 😃 grinning 😀 grin 😁 laughing 😆 satisfied 😆 sweat_smile 😅 joy 😂 rolling_on_the_floor_laughing 🤣
blush 😊 innocent 😇 wink 😉 relieved 😌 heart_eyes 😍 kissing_heart 😘 yum 😋 stuck_out_tongue 😛 sunglasses 😎
stuck_out_tongue_winking_eye 😜 hugging_face 🤗 hugging_face_with_open_hands 🤗 thinking_face 🤔 neutral_face 😐
expressionless 😑 no_mouth 😶 smirk 😏 unamused 😒 face_with_rolling_eyes 🙄 rolling_eyes 🙄 grimacing 😬 pensive 😔
slightly_smiling_face 🙂 upside_down_face 🙃 confused 😕 worried 😟 slightly_frowning_face 🙁 white_frowning_face ☹️
disappointed 😞 cry 😢 sob 😭 scream 😱 fearful 😨 cold_sweat 😰 angry 😠 rage 😡 triumph 😤 sleepy 😪 sleeping 😴
mask 😷 face_with_thermometer 🤒 nauseated_face 🤢 sneezing_face 🤧 exploding_head 🤯 partying_face 🥳 star-struck 🤩
pleading_face 🥺 saluting_face 🫡 melting_face 🫠 face_with_hand_over_mouth 🤭 shushing_face 🤫 zipper_mouth_face 🤐
flushed 😳 dizzy_face 😵 astonished 😲 hushed 😯 money_mouth_face 🤑 nerd_face 🤓 cowboy_hat_face 🤠 robot_face 🤖
smiling_face_with_3_hearts 🥰 smiling_face_with_tear 🥲 see_no_evil 🙈 poop 💩 hankey 💩 ghost 👻 skull 💀
heart ❤️ red_heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤
broken_heart 💔 two_hearts 💕 sparkling_heart 💖 heartbeat 💓 100 💯 tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁
birthday 🎂 sparkles ✨ star ⭐ star2 🌟 fire 🔥 boom 💥 zap ⚡ rocket 🚀 trophy 🏆 medal 🏅 dart 🎯 bulb 💡 moneybag 💰
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ warning ⚠️
no_entry ⛔ no_entry_sign 🚫 question ❓ exclamation ❗ heavy_exclamation_mark ❗ bangbang ‼️ interrobang ⁉️ sos 🆘
red_circle 🔴 large_green_circle 🟢 large_yellow_circle 🟡 large_blue_circle 🔵 rotating_light 🚨 bell 🔔 mega 📣
arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️ repeat 🔁 arrows_counterclockwise 🔄 heavy_plus_sign ➕
phone ☎️ telephone ☎️ telephone_receiver 📞 iphone 📱 calling 📲 email ✉️ envelope ✉️ e-mail 📧 inbox_tray 📥
calendar 📆 date 📅 clock3 🕒 hourglass ⌛ hourglass_flowing_sand ⏳ alarm_clock ⏰ stopwatch ⏱️ pushpin 📌
round_pushpin 📍 paperclip 📎 memo 📝 pencil 📝 pencil2 ✏️ lock 🔒 unlock 🔓 key 🔑 mag 🔍 link 🔗 computer 💻 camera 📷
house 🏠 office 🏢 hospital 🏥 car 🚗 truck 🚚 package 📦 airplane ✈️ sunny ☀️ cloud ☁️ umbrella ☔ snowflake ❄️
rainbow 🌈 sun_with_face 🌞 rose 🌹 bouquet 💐 dog 🐶 cat 🐱 coffee ☕ pizza 🍕 beer 🍺 beers 🍻 cake 🍰 wine_glass 🍷
us 🇺🇸 flag-us 🇺🇸 flag-ca 🇨🇦 ca 🇨🇦 gb 🇬🇧 de 🇩🇪 fr 🇫🇷 es 🇪🇸 it 🇮🇹 mx 🇲🇽 flag-mx 🇲🇽
"""
_WORDS = iter(_TABLE.split())
EMOJI = dict(zip(_WORDS, _WORDS, strict=True))  # a name and its character by turns


def character(name: str, skin_tone: int | None = None) -> str | None:
    """Give the character of a name, in this skin tone (2 to 6); None for a custom or an unknown one."""
    found = EMOJI.get(name) or _by_unicode_name(name)
    if found and skin_tone is not None and 2 <= skin_tone <= 6:
        return found.rstrip("\ufe0f") + chr(0x1F3F9 + skin_tone)
    return found


def with_characters(text: str) -> str:
    """Replace every known `:name:` and `:name::skin-tone-3:`."""
    return _NAMED.sub(_replaced, text)


def from_code_points(written: str) -> str | None:
    """Read rich text's way of writing an emoji: hexadecimal code points joined by hyphens."""
    try:
        return "".join(chr(int(point, 16)) for point in written.split("-"))
    except (ValueError, OverflowError):
        return None


def _replaced(found: re.Match[str]) -> str:
    tone = int(found[2][-1]) if found[2] else None
    return character(found[1], tone) or found[0]


def _by_unicode_name(name: str) -> str | None:
    """Try Unicode's own name, which Slack's often equals; only pictures count, never a comma or a letter."""
    try:
        found = unicodedata.lookup(name.replace("_", " ").replace("-", " ").upper())
    except (KeyError, UnicodeEncodeError):  # the latter for half a character
        return None
    return found if len(found) == 1 and ord(found) > 0x2190 and unicodedata.category(found) == "So" else None
