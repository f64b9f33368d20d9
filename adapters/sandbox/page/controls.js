// The elements one can use, in messages, modals and the Home tab: buttons, menus, pickers, fields.

import { asked } from "./ask.js";
import { combo } from "./combo.js";
import { h } from "./dom.js";
import { isMany } from "./drafts.js";
import { fileField } from "./filefield.js";
import { openMenu } from "./menu.js";
import { wallClock } from "./time.js";

/**
 * What a control needs to know of the place it stands in.
 * @typedef {object} Place
 * @property {Record<string, string>} names of people, by id
 * @property {[string, string][]} people who can be chosen
 * @property {[string, string][]} rooms channels that can be chosen
 * @property {(block: object, element: object) => any} picked
 * @property {(block: object, element: object, picked: any) => void} keep note what stands there
 * @property {(block: object, element: object, picked?: any) => Promise<any>} use tell the app
 * @property {(block: object, element: object, typed: string) => Promise<object[] | null>} suggest
 * @property {(files: File[]) => Promise<object[]>} [upload]
 */

/** Draw one element; `id` joins it to its label. */
export function control(element, block, place, id = null) {
  const draw = KINDS[element.type];
  if (!draw) return h("span.file", null, `(${element.type})`);
  return draw(element, block, place, {
    id,
    "data-focus": `${block.block_id}/${element.action_id}`,
    "aria-label": id ? null : (element.accessibility_label ?? element.placeholder?.text ?? element.text?.text ?? null),
  });
}

/** Ask where the app wants it, note what was picked, and tell the app where it wants to know. */
async function pick(element, block, place, picked) {
  if (!(await asked(element.confirm))) return false;
  place.keep(block, element, picked);
  if (block.type !== "input" || block.dispatch_action) await place.use(block, element, picked);
  return true;
}

function button(element, block, place, attributes) {
  const onclick = async () => {
    if (!(await asked(element.confirm))) return;
    if (element.url) open(element.url, "_blank", "noreferrer");
    await place.use(block, element);
  };
  const kind = element.style ? `.${element.style}` : "";
  const label = element.accessibility_label ?? null;
  return h(`button.block-button${kind}`, { ...attributes, "aria-label": label, type: "button", onclick }, element.text.text);
}

function overflow(element, block, place, attributes) {
  const choose = (option) => async () => {
    if (!(await asked(element.confirm))) return;
    if (option.url) open(option.url, "_blank", "noreferrer");
    await place.use(block, element, option.value);
  };
  const onclick = (event) =>
    openMenu(
      event.currentTarget,
      element.options.map((option) => [option.text.text, choose(option)]),
    );
  const more = { type: "button", "aria-haspopup": "menu", "aria-label": "More options", onclick };
  return h("button.block-button.overflow", { ...attributes, ...more }, "⋯");
}

const groupsOf = (element) =>
  element.option_groups?.map((group) => ({ label: group.label.text, options: group.options })) ?? [
    { label: null, options: element.options ?? [] },
  ];

const asGroups = (pairs) => [
  { label: null, options: pairs.map(([value, text]) => ({ value, text: { text } })) },
];

const SOURCES = {
  static_select: (element) => groupsOf(element),
  users_select: (_element, place) => asGroups(place.people),
  channels_select: (_element, place) => asGroups(place.rooms),
  conversations_select: (_element, place) => asGroups(place.rooms),
};

function select(element, block, place, attributes) {
  const before = place.picked(block, element);
  const onchange = async () => {
    if (!(await pick(element, block, place, menu.value))) menu.value = place.picked(block, element);
  };
  const empty = h(
    "option",
    { value: "", disabled: !block.optional, hidden: !block.optional },
    element.placeholder?.text ?? "Choose…",
  );
  const menu = h(
    "select.block-select",
    { ...attributes, onchange },
    empty,
    ...SOURCES[element.type](element, place).flatMap(({ label, options }) => {
      const drawn = options.map((option) => h("option", { value: option.value }, option.text.text));
      return label ? [h("optgroup", { label }, ...drawn)] : drawn;
    }),
  );
  menu.value = before;
  return menu;
}

const offered = new Map(); // value → words, of everything that apps have offered: to write what is chosen

function searching(element, block, place, attributes) {
  const kind = element.type.replace("multi_", "");
  const isAsked = kind === "external_select";
  const known = isAsked ? [] : SOURCES[kind](element, place);
  const all = [...known.flatMap((group) => group.options), ...(element.initial_options ?? [])];
  for (const option of [...all, element.initial_option].filter(Boolean)) offered.set(option.value, option.text.text);
  const before = [place.picked(block, element)].flat().filter(Boolean);
  return combo({
    id: attributes.id,
    focus: attributes["data-focus"],
    label: attributes["aria-label"] ?? "Choose",
    placeholder: element.placeholder?.text ?? (isAsked ? "Type to search…" : "Choose…"),
    chosen: before.map((value) => ({ value, words: offered.get(value) ?? place.names[value] ?? value })),
    many: isMany(element),
    find: (typed) => (isAsked ? askApp(element, block, place, typed) : Promise.resolve(matching(known, typed))),
    tell: (chosen) => {
      const values = chosen.map((one) => one.value);
      pick(element, block, place, isMany(element) ? values : (values[0] ?? ""));
    },
  });
}

const matching = (groups, typed) =>
  groups
    .map((group) => ({
      ...group,
      options: group.options.filter((option) => option.text.text.toLowerCase().includes(typed.trim().toLowerCase())),
    }))
    .filter((group) => group.options.length);

async function askApp(element, block, place, typed) {
  const least = element.min_query_length ?? 3;
  if ([...typed].length < least) return `Type at least ${least} ${least === 1 ? "character" : "characters"}`;
  const groups = await place.suggest(block, element, typed);
  for (const option of (groups ?? []).flatMap((group) => group.options)) offered.set(option.value, option.text.text);
  return groups ?? "The app did not answer.";
}

function choices(element, block, place, attributes) {
  const many = isMany(element);
  const name = `${attributes["data-focus"]}`;
  const before = [place.picked(block, element)].flat();
  const box = h("div.block-choices", { role: many ? "group" : "radiogroup", "aria-labelledby": attributes.id });
  const onchange = () => {
    const on = [...box.querySelectorAll("input:checked")].map((each) => each.value);
    pick(element, block, place, many ? on : on[0]);
  };
  box.append(
    ...element.options.map((option, place_) =>
      h(
        "label",
        null,
        h("input", {
          type: many ? "checkbox" : "radio",
          name,
          value: option.value,
          checked: before.includes(option.value),
          "data-focus": `${name}/${place_}`,
          onchange,
        }),
        h("span", null, option.text.text, option.description ? h("small", null, option.description.text) : null),
      ),
    ),
  );
  return box;
}

const PICKERS = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };

function picker(element, block, place, attributes) {
  const before = place.picked(block, element);
  const value = typeof before === "number" ? wallClock(before) : before;
  const onchange = (event) => event.target.value && pick(element, block, place, event.target.value);
  return h("input.block-picker", { ...attributes, type: PICKERS[element.type], value, onchange });
}

const INPUTS = { email_text_input: "email", url_text_input: "url", number_input: "text" };

const TYPED = 300; // milliseconds without a key until the app is told what was typed; Slack's own are not known

function field(element, block, place, attributes) {
  const when = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const tell = (event) => block.dispatch_action && place.use(block, element, event.target.value);
  let pause = 0;
  const stop = () => clearTimeout(pause);
  const oninput = (event) => {
    place.keep(block, element, event.target.value);
    if (!when.includes("on_character_entered")) return;
    stop();
    area.form?.addEventListener("submit", stop); // what is submitted is told whole
    pause = setTimeout(() => area.isConnected && tell(event), TYPED);
  };
  const onkeydown = (event) => {
    if (event.key !== "Enter" || event.isComposing || !block.dispatch_action || element.multiline) return;
    event.preventDefault();
    if (when.includes("on_enter_pressed")) tell(event);
  };
  const more = {
    ...attributes,
    placeholder: element.placeholder?.text ?? null,
    maxlength: element.max_length ?? 3000,
    autocomplete: "off",
    dir: "auto",
    oninput,
    onkeydown,
  };
  const value = place.picked(block, element);
  const area = element.multiline
    ? h("textarea.block-field", { ...more, rows: 4 })
    : h("input.block-field", { ...more, type: INPUTS[element.type] ?? "text" });
  if (element.type === "number_input") area.inputMode = "decimal";
  area.value = value;
  return area;
}

const KINDS = {
  button,
  workflow_button: button,
  overflow,
  static_select: select,
  users_select: select,
  channels_select: select,
  conversations_select: select,
  external_select: searching,
  multi_static_select: searching,
  multi_external_select: searching,
  multi_users_select: searching,
  multi_channels_select: searching,
  multi_conversations_select: searching,
  radio_buttons: choices,
  checkboxes: choices,
  datepicker: picker,
  timepicker: picker,
  datetimepicker: picker,
  plain_text_input: field,
  email_text_input: field,
  url_text_input: field,
  number_input: field,
  file_input: fileField,
};
