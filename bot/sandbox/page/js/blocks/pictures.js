// Pictures: those of this server are shown, all others named.
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { link, localUrl, safeUrl } from "../text/links.js";

/** A picture of this server; anything further away is named, not fetched. */
export function picture({ address, alt, className = "" }) {
  const local = address ? localUrl(address) : null;
  if (!local) {
    const label = alt || "picture";
    return h(
      "span.picture-far",
      { title: "The sandbox loads nothing from outside" },
      icon("eye"),
      address && safeUrl(address) ? link(address, label) : label,
    );
  }
  const node = h("img", { class: className, src: local, alt: alt ?? "", loading: "lazy" });
  node.addEventListener(
    "error",
    () => node.replaceWith(h("span.picture-far", null, icon("eye"), alt || "a picture that could not be loaded")),
    { once: true },
  );
  return node;
}

/** The picture of an image block or element. */
export function pictureOf(spec, className) {
  const file = spec.slack_file;
  const address =
    spec.image_url ?? file?.url ?? (file?.id ? `${location.origin}/sandbox/file/${encodeURIComponent(file.id)}` : null);
  return picture({ address, alt: spec.alt_text, className });
}
