// Nothing moves under a finger: what arrives between a press and its release waits for the release. An element that is drawn anew
// meanwhile would get no click, or its neighbour would.

const LONGEST = 3000; // milliseconds; whoever holds on for longer selects text, and news must not wait for that

let pressed = false;
let timer = 0;
let waiting = [];

/** Does `act` now, or when nothing is pressed any more; in the order of the calls. */
export function whenReleased(act) {
  if (pressed || waiting.length) waiting.push(act);
  else act();
}

function release() {
  clearTimeout(timer);
  // The click comes after its release: what waited comes after the click.
  timer = setTimeout(() => {
    pressed = false;
    const acts = waiting;
    waiting = [];
    for (const act of acts) act();
  });
}

document.addEventListener(
  "pointerdown",
  () => {
    clearTimeout(timer);
    pressed = true;
    timer = setTimeout(release, LONGEST);
  },
  true,
);
for (const end of ["pointerup", "pointercancel", "dragend"]) document.addEventListener(end, release, true);
