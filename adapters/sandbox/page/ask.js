// The question an app may put before anything that is pressed or picked (Slack's confirm object).

import { byId, h } from "./dom.js";

/**
 * @param {{title?: any, text: any, confirm?: any, deny?: any, style?: string} | undefined} confirm
 * @returns {Promise<boolean>} whether to go on; at once when nothing is to be asked
 */
export function asked(confirm) {
  if (!confirm) return Promise.resolve(true);
  const dialog = byId("ask");
  const answer = (value) => () => dialog.close(value);
  const look = confirm.style === "danger" ? "button.block-button.danger" : "button.block-button.primary";
  dialog.replaceChildren(
    h("h2", { id: "ask-title" }, confirm.title?.text ?? "Are you sure?"),
    h("p", null, confirm.text.text),
    h(
      "footer",
      null,
      h("button.block-button", { type: "button", onclick: answer("") }, confirm.deny?.text ?? "Cancel"),
      h(look, { type: "button", onclick: answer("yes") }, confirm.confirm?.text ?? "Yes"),
    ),
  );
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((tell) => {
    dialog.addEventListener("close", () => tell(dialog.returnValue === "yes"), { once: true });
  });
}
