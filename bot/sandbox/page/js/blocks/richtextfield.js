// rich_text_input: a small editor whose content is read as the rich_text block that Slack would send.
// https://docs.slack.dev/reference/block-kit/block-elements/rich-text-input-element
import { h, roving, uid } from "../dom.js";
import { icon } from "../icons.js";
import { safeUrl } from "../text/links.js";
import { readRichText, richTextNodes } from "../text/richtextedit.js";
import { announce } from "../ui/toast.js";

// The browser's own editing commands are the only ones that its undo knows. https://developer.mozilla.org/docs/Web/API/Document/execCommand
const run = (command, value = null) => document.execCommand(command, false, value);
const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

// name, sign, key with Ctrl or ⌘ (by its place on the keyboard: Shift changes what it writes), with Shift
const TOOLS = [
  ["Bold", () => h("strong", null, "B"), "KeyB", false, () => run("bold"), "bold"],
  ["Italic", () => h("em", null, "I"), "KeyI", false, () => run("italic"), "italic"],
  ["Strikethrough", () => h("s", null, "S"), "KeyX", true, () => run("strikeThrough"), "strikeThrough"],
  ["Code", () => h("code", null, "</>"), "KeyC", true, (editor) => toggleCode(editor), null],
  ["Link", () => icon("link"), "KeyU", true, (editor) => editor.askForLink(), null],
  ["Numbered list", () => "1.", "Digit7", true, () => run("insertOrderedList"), "insertOrderedList"],
  ["Bulleted list", () => "•", "Digit8", true, () => run("insertUnorderedList"), "insertUnorderedList"],
];

/** The editor with its toolbar; `changed(block)` is told the rich_text block, or null when nothing is written. */
export function richTextEditor({ label, describedBy, placeholder, lines = 3, focusKey, wanted, value, changed }) {
  const id = uid("rich");
  const node = h(
    "div.field.rich-field",
    {
      id,
      contenteditable: "true",
      role: "textbox",
      "aria-multiline": "true",
      "aria-label": label,
      "aria-describedby": describedBy,
      "aria-placeholder": placeholder,
      spellcheck: "true",
      style: { "--lines": Math.min(lines, 12) },
      data: { focus: focusKey, placeholder: placeholder ?? "", ...(wanted ? { wanted: "1" } : {}) },
      onkeydown: keys,
      onpaste: (event) => {
        event.preventDefault();
        run("insertText", event.clipboardData.getData("text/plain"));
      },
      ondrop: (event) => event.preventDefault(),
      oninput: told,
      onfocus: () => {
        run("defaultParagraphSeparator", "div");
        run("styleWithCSS", false);
        document.addEventListener("selectionchange", mark);
      },
      onblur: () => document.removeEventListener("selectionchange", mark),
    },
    richTextNodes(value),
  );
  const editor = { node, askForLink, told };
  const buttons = TOOLS.map(([name, sign, code, shift, act, command], index) =>
    h(
      "button.tool",
      {
        type: "button",
        tabIndex: index ? -1 : 0,
        "aria-label": name,
        "aria-pressed": command || name === "Code" ? "false" : null,
        title: `${name} (${MAC ? "⌘" : "Ctrl"}${shift ? "+Shift" : ""}+${code.replace(/Key|Digit/, "")})`,
        onmousedown: (event) => event.preventDefault(), // the selection stays in the text
        onclick: () => {
          node.focus();
          act(editor);
          mark();
        },
      },
      sign(),
    ),
  );
  const toolbar = h("div.rich-tools", { role: "toolbar", "aria-label": "Formatting", "aria-controls": id }, buttons);
  roving(toolbar, "button", { horizontal: true });
  const address = h("input.field", {
    type: "text",
    inputmode: "url",
    autocomplete: "off",
    placeholder: "https://…",
    "aria-label": "Address of the link",
    onkeydown: (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Enter") addLink();
      else closeLink();
    },
  });
  const linkRow = h(
    "div.rich-link",
    { hidden: true },
    address,
    h("button.button.button-small", { type: "button", onclick: () => addLink() }, "Add link"),
  );
  let range = null; // where the link will stand
  empty();
  return h("div.rich", null, toolbar, node, linkRow);

  function empty() {
    node.classList.toggle("is-empty", !node.textContent && !node.querySelector("ul, ol, [data-piece]"));
  }

  function told() {
    empty();
    changed(readRichText(node));
  }

  function mark() {
    const inside = node.contains(document.getSelection().anchorNode);
    TOOLS.forEach(([name, , , , , command], index) => {
      if (command) buttons[index].setAttribute("aria-pressed", String(inside && document.queryCommandState(command)));
      else if (name === "Code") buttons[index].setAttribute("aria-pressed", String(inside && Boolean(codeAround(node))));
    });
  }

  function keys(event) {
    if (!(MAC ? event.metaKey : event.ctrlKey) || event.altKey) {
      if (event.key === "Tab" && listAround(node)) {
        event.preventDefault();
        run(event.shiftKey ? "outdent" : "indent");
      }
      return;
    }
    const tool = TOOLS.find(([, , code, shift]) => code === event.code && shift === event.shiftKey);
    if (!tool) return;
    event.preventDefault();
    tool[4](editor);
    mark();
  }

  function askForLink() {
    const selection = document.getSelection();
    if (!selection.rangeCount || !node.contains(selection.anchorNode)) return;
    range = selection.getRangeAt(0).cloneRange();
    linkRow.hidden = false;
    address.value = elementAround(node, "a")?.dataset.url ?? "";
    address.focus();
  }

  function closeLink() {
    linkRow.hidden = true;
    node.focus();
    document.getSelection().removeAllRanges();
    if (range) document.getSelection().addRange(range);
  }

  function addLink() {
    const typed = address.value.trim();
    const href = safeUrl(/^[a-z]+:/i.test(typed) ? typed : `https://${typed}`);
    if (!typed || !href) {
      address.setAttribute("aria-invalid", "true");
      announce("That does not look like a link (https://…).");
      return;
    }
    address.removeAttribute("aria-invalid");
    closeLink();
    const text = range.collapsed ? href : range.toString();
    const link = h("a.link", { data: { url: href } }, range.collapsed ? text : range.extractContents());
    range.insertNode(link);
    caretAfter(link);
    told();
  }
}

/** The element of a kind around the caret, inside the editor. */
function elementAround(root, selector) {
  const at = document.getSelection().anchorNode;
  const found = (at instanceof Element ? at : at?.parentElement)?.closest(selector);
  return found && root.contains(found) && found !== root ? found : null;
}

const codeAround = (root) => elementAround(root, "code");
const listAround = (root) => elementAround(root, "li");

function caretAfter(element) {
  // Without a text node of its own the browser would go on writing inside the element.
  const after = document.createTextNode("\u200b");
  element.after(after);
  document.getSelection().collapse(after, 1);
}

function toggleCode({ node, told }) {
  const selection = document.getSelection();
  const code = codeAround(node);
  if (code && selection.isCollapsed) caretAfter(code);
  else if (code) {
    code.replaceWith(...code.childNodes);
  } else if (selection.rangeCount) {
    const range = selection.getRangeAt(0);
    const made = h("code", null, range.collapsed ? "\u200b" : range.extractContents());
    range.insertNode(made);
    selection.selectAllChildren(made);
    if (made.textContent === "\u200b") selection.collapseToEnd();
  }
  told();
}
