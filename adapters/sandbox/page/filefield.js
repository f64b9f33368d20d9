// The field of a form that takes files: they are brought into Slack at once, and belong to the form from then on.

import { h } from "./dom.js";
import { say } from "./wire.js";
import { readFile } from "./files.js";

const LARGEST = 8_000_000;
const known = new Map(); // id → name, of everything that was brought in here

export function fileField(element, block, place, attributes) {
  const shown = h("ul.file-list");
  const most = element.max_files ?? 10;
  const input = h("input", {
    type: "file",
    multiple: most > 1,
    accept: (element.filetypes ?? []).map((kind) => `.${kind}`).join(","),
    ...attributes,
  });

  function show(ids) {
    shown.replaceChildren(
      ...ids.map((id) =>
        h(
          "li",
          null,
          known.get(id) ?? id,
          h("button", { type: "button", "aria-label": `Remove ${known.get(id)}`, onclick: () => drop(id) }, "×"),
        ),
      ),
    );
    input.disabled = ids.length >= most;
  }

  function change(ids) {
    place.keep(block, element, ids);
    show(ids);
    if (block.dispatch_action) place.use(block, element, ids);
  }

  const drop = (id) => change(place.picked(block, element).filter((other) => other !== id));

  input.addEventListener("change", async () => {
    const small = [...input.files].filter((file) => file.size <= LARGEST);
    if (small.length < input.files.length) say("A file is larger than 8 MB; it was left out.");
    input.value = "";
    const ids = await place.upload(await Promise.all(small.map(readFile)));
    ids.forEach((id, number) => known.set(id, small[number].name));
    change([...place.picked(block, element), ...ids].slice(0, most));
  });
  show(place.picked(block, element));
  return h("div.file-field", null, input, shown);
}
