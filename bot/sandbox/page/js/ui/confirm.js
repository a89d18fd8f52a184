// A question with two answers.
import { h } from "../dom.js";
import { plainText, textObject } from "../text/mrkdwn.js";
import { footButton, openDialog } from "./dialog.js";

/** Asks in the page's own words; resolves to true or false. */
export function ask({ title, text, yes, no = "Cancel", danger = false }) {
  return new Promise((resolve) => {
    let answer = false;
    const accept = footButton(
      yes,
      () => {
        answer = true;
        dialog.close();
      },
      danger ? "button-danger" : "button-primary",
    );
    const dialog = openDialog({
      title,
      className: "dialog-small",
      body: h("div.text", null, text),
      foot: [footButton(no, () => dialog.close()), accept],
      closed: () => resolve(answer),
    });
    accept.focus();
  });
}

/** Asks with a Block Kit confirmation dialog object. */
export function askConfirm(confirm) {
  return ask({
    title: plainText(confirm.title?.text ?? "Are you sure?"),
    text: textObject(confirm.text ?? ""),
    yes: plainText(confirm.confirm?.text ?? "Yes"),
    no: plainText(confirm.deny?.text ?? "Cancel"),
    danger: confirm.style === "danger",
  });
}
