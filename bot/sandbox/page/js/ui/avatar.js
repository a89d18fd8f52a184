// Faces: initials on the person's colour, or their picture when it is this server's.
import { h } from "../dom.js";
import { localUrl } from "../text/links.js";

function initialsOf(person) {
  if (person.initials) return person.initials;
  const words = (person.real_name || person.name || "?").split(/\s+/);
  return ([...words[0]][0] + (words.length > 1 ? [...words.at(-1)][0] : "")).toUpperCase();
}

/** Dark or light letters, whichever reads better (WCAG relative luminance). */
function inkFor(hex) {
  const [r, g, b] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return 1.05 / (light + 0.05) >= 4.5 ? "#ffffff" : "#000000"; // one of the two always reaches 4.5
}

const OWN = ["2f6f6a", "7a5a2e", "4c5f9e", "8a4a5c", "47703f", "6a5590", "9a5a33", "3a6b8c", "6f6a2e", "84507c"];

function colorOf(person) {
  const given = String(person.color ?? "").replace("#", "");
  if (/^[0-9a-f]{6}$/i.test(given)) return given;
  let sum = 0;
  for (const character of person.id ?? "") sum = (sum * 31 + character.codePointAt(0)) >>> 0;
  return OWN[sum % OWN.length];
}

/** `size` is "tiny", "small" or nothing. Decorative: the name stands beside it. */
export function avatar(person, size = "") {
  const address = person.avatar ? localUrl(person.avatar) : null;
  const node = h("span.avatar", {
    class: `${size ? `avatar-${size}` : ""} ${person.is_bot ? "avatar-app" : ""}`,
    "aria-hidden": "true",
  });
  if (address) {
    node.append(h("img", { src: address, alt: "" }));
    return node;
  }
  if (person.is_bot && /rowbot/i.test(person.name ?? "")) {
    node.append(h("img", { src: new URL("../../img/mark.svg", import.meta.url).pathname, alt: "" }));
    return node;
  }
  const color = colorOf(person);
  node.style.backgroundColor = `#${color}`;
  node.style.color = inkFor(color);
  node.textContent = initialsOf(person);
  return node;
}
