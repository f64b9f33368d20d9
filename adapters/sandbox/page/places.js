// Where a control stands: in a message or in a view. Each place knows what is drafted in it and how to tell the app.

import { act } from "./wire.js";
import { draft, drafted, filled } from "./drafts.js";

/** Who and what can be named and chosen, from what is seen. */
export function sharedBy(slack, me) {
  const people = slack.users.filter((user) => !user.is_bot && !user.is_stranger && user.id !== "USLACKBOT");
  return {
    me,
    names: Object.fromEntries(slack.users.map((user) => [user.id, user.real_name])),
    people: people.map((user) => [user.id, user.real_name]),
    rooms: slack.channels.map((channel) => [channel.id, `#${channel.name}`]),
    groups: slack.user_groups,
  };
}

const suggestions = async (wish) => (await act("suggest", wish))?.groups ?? null;

export function inMessage(message, shared) {
  const { channel, ts } = message;
  const wish = { person: shared.me, channel, ts };
  const where = `${shared.me}/${ts}/${JSON.stringify([message.blocks, message.attachments])}`; // a change forgets picks
  return {
    ...shared,
    picked: (block, element) => drafted(where, block, element),
    keep: (block, element, picked) => draft(where, block, element, picked),
    use: (block, element, picked = null) =>
      act("press", { ...wish, block: block.block_id, button: element.action_id ?? element.value, picked }),
    suggest: (block, element, typed) =>
      suggestions({ ...wish, block: block.block_id, menu: element.action_id, typed }),
  };
}

export function inView(view, shared) {
  const wish = { person: shared.me, view: view.id };
  return {
    ...shared,
    errors: view.errors,
    picked: (block, element) => drafted(view.id, block, element),
    keep: (block, element, picked) => draft(view.id, block, element, picked),
    use: (block, element, picked = null) =>
      act("press-in-view", {
        ...wish,
        block: block.block_id,
        button: element.action_id,
        picked,
        filled: filled(view.id, view.blocks),
      }),
    suggest: (block, element, typed) =>
      suggestions({ ...wish, block: block.block_id, menu: element.action_id, typed }),
    upload: async (files) => (await act("upload", { person: shared.me, files }))?.files ?? [],
  };
}
