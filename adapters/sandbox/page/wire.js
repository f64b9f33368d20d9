// The line to the sandbox: one stream of what is seen, and one POST for each deed.

const RETRY_AFTER = 1500; // milliseconds, where the browser does not try again by itself

/**
 * Hear everything that is seen, at once and after every change.
 * @param {(state: object) => void} hear
 * @param {(isThere: boolean) => void} tellPresence
 */
export function listen(hear, tellPresence) {
  const stream = new EventSource("/events");
  stream.onmessage = (event) => {
    tellPresence(true);
    hear(JSON.parse(event.data));
  };
  stream.onerror = () => {
    tellPresence(false);
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => listen(hear, tellPresence), RETRY_AFTER);
  };
}

/** Read what never changes: who is who, the story, the emoji. */
export async function readCast() {
  return (await fetch("/cast")).json();
}

/**
 * Do something in the worlds; a refusal is said to the visitor and gives null.
 * @param {string} deed
 * @param {object} wish
 * @returns {Promise<object | null>}
 */
export async function act(deed, wish = {}) {
  try {
    const answer = await fetch(`/do/${deed}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(wish),
    });
    if (answer.ok) return await answer.json();
    const isJson = answer.headers.get("Content-Type")?.includes("json");
    say(isJson ? (await answer.json()).error : "That did not work.");
  } catch {
    say("The sandbox does not answer.");
  }
  return null;
}

let hush = 0;

/** Say something in passing. */
export function say(words) {
  const toast = document.getElementById("toast");
  toast.textContent = words;
  toast.classList.add("shown");
  clearTimeout(hush);
  hush = setTimeout(() => toast.classList.remove("shown"), 6000);
}
