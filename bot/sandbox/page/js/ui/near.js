// Places a sheet of the top layer next to what it belongs to, and keeps it there.

/**
 * Puts `sheet` (an open popover) under `anchor`, or above it where there is more room, inside the window.
 * Returns a function that stops following; its `place()` measures again.
 */
export function showNear(sheet, anchor, { sameWidth = false, end = false, gap = 4 } = {}) {
  const place = () => {
    if (!anchor.isConnected) return;
    const at = anchor.getBoundingClientRect();
    const width = document.documentElement.clientWidth;
    const height = window.innerHeight;
    if (sameWidth) sheet.style.width = `${Math.max(at.width, Math.min(220, width - 16))}px`;
    const below = height - at.bottom - gap - 8;
    const above = at.top - gap - 8;
    sheet.style.maxHeight = "";
    const wanted = sheet.scrollHeight + 2;
    const up = wanted > below && above > below;
    sheet.style.maxHeight = `${Math.max(96, Math.min(up ? above : below, 420))}px`;
    const size = sheet.getBoundingClientRect();
    const left = end ? at.right - size.width : at.left;
    sheet.style.left = `${Math.max(8, Math.min(left, width - size.width - 8))}px`;
    sheet.style.top = up ? `${Math.max(8, at.top - gap - size.height)}px` : `${at.bottom + gap}px`;
  };
  place();
  const moved = (event) => {
    if (!(event?.target instanceof Node) || !sheet.contains(event.target)) place();
  };
  window.addEventListener("resize", moved);
  window.addEventListener("scroll", moved, true);
  const stop = () => {
    window.removeEventListener("resize", moved);
    window.removeEventListener("scroll", moved, true);
  };
  stop.place = place;
  return stop;
}
