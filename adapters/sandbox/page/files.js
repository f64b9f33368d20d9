// Files on their way out: chosen from the disk or drawn here, shown above the words, sent along as base64.

import { byId, h } from "./dom.js";
import { now, when } from "./time.js";
import { openMenu } from "./menu.js";
import { say } from "./wire.js";

const LARGEST = 8_000_000;

/**
 * The files of one composer.
 * @param {string} prefix of the ids: `…-attach` opens the menu, `…-attached` shows what is attached
 * @param {string} accept as for an input of type file
 * @param {[string, () => File][]} samples further ones than the photo
 */
export function attachments(prefix, accept, samples = []) {
  const strip = byId(`${prefix}-attached`);
  let files = [];

  function show() {
    strip.hidden = !files.length;
    strip.replaceChildren(...files.map(preview));
  }

  function preview(file) {
    const drop = () => {
      files = files.filter((other) => other !== file);
      show();
      byId(`${prefix}-words`).focus();
    };
    const isPicture = file.type.startsWith("image/");
    const shown = isPicture ? h("img", { src: URL.createObjectURL(file), alt: file.name }) : h("span", null, file.name);
    return h(
      "figure",
      null,
      shown,
      h("button", { type: "button", "aria-label": `Remove ${file.name}`, onclick: drop }, "×"),
    );
  }

  function add(more) {
    const small = [...more].filter((file) => file.size <= LARGEST);
    if (small.length < more.length) say("A file is larger than 8 MB; it was left out.");
    files = [...files, ...small].slice(0, 5);
    show();
    byId(`${prefix}-words`).focus();
  }

  const input = h("input", {
    type: "file",
    accept,
    multiple: true,
    hidden: true,
    "aria-hidden": "true",
    tabindex: "-1",
  });
  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
  strip.after(input);
  byId(`${prefix}-attach`).addEventListener("click", (event) => {
    openMenu(event.currentTarget, [
      ["A sample photo", async () => add([await samplePhoto()])],
      ...samples.map(([name, sample]) => [name, () => add([sample()])]),
      ["A file of yours…", () => input.click()],
    ]);
  });
  const form = byId(`${prefix}-form`);
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    add(event.dataTransfer.files);
  });
  byId(`${prefix}-words`).addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) add(event.clipboardData.files);
  });

  return {
    get any() {
      return files.length > 0;
    },
    read: () => Promise.all(files.map(readFile)),
    clear() {
      files = [];
      show();
    },
  };
}

/** @param {File} file */
export async function readFile(file) {
  const address = await new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(file);
  });
  return { name: file.name, type: file.type || "application/octet-stream", content: address.split(",")[1] ?? "" };
}

/** Write the card of somebody whom nobody here knows yet. */
export function sampleCard() {
  const lines = ["BEGIN:VCARD", "VERSION:3.0", "FN:Rosa Lind", "TEL;TYPE=CELL:+1 212 555 0187", "END:VCARD", ""];
  return new File([lines.join("\r\n")], "Rosa Lind.vcf", { type: "text/vcard" });
}

/** Draw a photograph of a wheel with a missing spoke, so that nobody has to look for a picture. */
async function samplePhoto() {
  const canvas = h("canvas", { width: "640", height: "480" });
  const pen = canvas.getContext("2d");
  const sky = pen.createLinearGradient(0, 0, 0, 480);
  ["#f4c98b", "#e58f65", "#7d5a73"].forEach((color, place) => sky.addColorStop(place / 2, color));
  pen.fillStyle = sky;
  pen.fillRect(0, 0, 640, 480);
  pen.fillStyle = "#3b2f3d";
  pen.fillRect(0, 400, 640, 80);
  wheel(pen, 320, 250, 160);
  pen.fillStyle = "rgb(255 255 255 / 0.85)";
  pen.font = "600 20px system-ui, sans-serif";
  pen.fillText(when(now()), 24, 452);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  return new File([blob], "wheel.jpg", { type: "image/jpeg" });
}

function wheel(pen, x, y, radius) {
  pen.strokeStyle = "#231c28";
  pen.lineWidth = 16;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.stroke();
  pen.lineWidth = 2.5;
  for (let spoke = 0; spoke < 16; spoke += 1) {
    if (spoke === 14) continue; // the one that was lost
    const angle = (spoke * Math.PI) / 8;
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    pen.stroke();
  }
  pen.fillStyle = "#231c28";
  pen.beginPath();
  pen.arc(x, y, 16, 0, 2 * Math.PI);
  pen.fill();
}
