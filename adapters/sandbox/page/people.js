// Who is who in the town, by the cast that was read at the start.

/** @type {{house: string, lines: any[], people: any[], callers: any[], story: any[], emoji: Record<string, string>}} */
let cast;

export function setCast(read) {
  cast = read;
}

export const theCast = () => cast;

/** Write a North American number as people write it. */
export function spoken(number) {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return parts ? `(${parts[1]}) ${parts[2]}-${parts[3]}` : number;
}

export const callerOf = (number) => cast.callers.find((caller) => caller.number === number);
export const lineOf = (number) => cast.lines.find((line) => line.number === number);
export const lineIn = (channel) => cast.lines.find((line) => line.channel === channel);

/** Name a caller: by the contact's name, else by the number. */
export function named(number) {
  return callerOf(number)?.name ?? spoken(number);
}

/** Give the character of an emoji's short name; the name between colons where it is unknown. */
export function emoji(name) {
  const [plain, tone] = name.split("::");
  const character = cast.emoji[plain];
  const skin = /^skin-tone-([2-6])$/.exec(tone ?? "");
  if (!character) return `:${name}:`;
  return skin ? character.replace("\ufe0f", "") + String.fromCodePoint(0x1f3f9 + Number(skin[1])) : character;
}
