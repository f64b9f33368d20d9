// What stands in the fields of forms and menus until the app is told, by view or message; it lives with the page.

const drafts = new Map();

const OF = {
  users_select: "user",
  channels_select: "channel",
  conversations_select: "conversation",
  datepicker: "date",
  timepicker: "time",
  datetimepicker: "date_time",
  multi_users_select: "users",
  multi_channels_select: "channels",
  multi_conversations_select: "conversations",
};

/** What is picked in an element before anybody picks: a text, a value, an id, or a list of these. */
function initial(element) {
  if (element.type.endsWith("_input")) return element.type === "file_input" ? [] : (element.initial_value ?? "");
  if (element.initial_option) return element.initial_option.value;
  if (element.initial_options) return element.initial_options.map((option) => option.value);
  return element[`initial_${OF[element.type]}`] ?? (isMany(element) ? [] : "");
}

export const isMany = (element) => element.type.startsWith("multi_") || element.type === "checkboxes";

/** The draft of one field, or what it holds by itself. */
export function drafted(place, block, element) {
  return drafts.get(place)?.[block.block_id]?.[element.action_id] ?? initial(element);
}

export function draft(place, block, element, picked) {
  const form = drafts.get(place) ?? {};
  form[block.block_id] = { ...form[block.block_id], [element.action_id]: picked };
  drafts.set(place, form);
}

/** Everything that was changed in a view, as the sandbox wants it; fields that are not there any more are left out. */
export function filled(place, blocks) {
  const there = new Set(blocks.map((block) => block.block_id));
  return Object.fromEntries(Object.entries(drafts.get(place) ?? {}).filter(([block]) => there.has(block)));
}

/** Drop the drafts of views that are closed. */
export function keepOnly(isOpen) {
  for (const place of drafts.keys()) if (!isOpen(place)) drafts.delete(place);
}
