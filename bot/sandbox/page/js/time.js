// Times as the acting person reads them: in their zone, in words for what is near.

const CACHE = new Map();

function formatter(zone, options) {
  const key = `${zone}|${JSON.stringify(options)}`;
  let found = CACHE.get(key);
  if (!found) {
    try {
      found = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone || "UTC" });
    } catch {
      found = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }); // a zone this browser does not know
    }
    CACHE.set(key, found);
  }
  return found;
}

/** A Slack timestamp ("1731000000.000100", seconds) as a Date. */
export function dateOf(ts) {
  return new Date(Number.parseFloat(ts) * 1000);
}

/** "14:05" in a zone. */
export function clock(date, zone) {
  return formatter(zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(date);
}

/** "2026-11-23" in a zone: two messages with the same key stand under one day's line. */
export function dayKey(date, zone) {
  const parts = Object.fromEntries(
    formatter(zone, { year: "numeric", month: "2-digit", day: "2-digit" })
      .formatToParts(date)
      .map((p) => [p.type, p.value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/** "Mon" in a zone. */
export function weekday(date, zone) {
  return formatter(zone, { weekday: "short" }).format(date);
}

function daysBetween(date, now, zone) {
  return Math.round((Date.parse(dayKey(now, zone)) - Date.parse(dayKey(date, zone))) / 86400000);
}

/** "Today", "Yesterday", "Monday 16 November", with the year when it is another one. */
export function dayLabel(date, now, zone) {
  const days = daysBetween(date, now, zone);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  if (days === -1) return "Tomorrow";
  const sameYear = dayKey(date, zone).slice(0, 4) === dayKey(now, zone).slice(0, 4);
  return formatter(zone, { weekday: "long", day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) })
    .format(date)
    .replace(",", ""); // some browsers put a comma after the weekday
}

/** The whole moment, for titles: "Monday 23 November 2026 at 14:05:09". */
export function fullMoment(date, zone) {
  const day = formatter(zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" })
    .format(date)
    .replace(",", "");
  return `${day} at ${formatter(zone, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(date)}`;
}

/** "3 minutes ago", "in 2 hours". */
export function ago(date, now) {
  const seconds = Math.round((date - now) / 1000);
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [unit, size] of [
    ["year", 31536000],
    ["month", 2592000],
    ["week", 604800],
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
  ]) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  }
  return "just now";
}

/**
 * Slack's date formatting (`<!date^…>` and the rich_text date): a template with {date}, {time} and their kin.
 * https://docs.slack.dev/messaging/formatting-message-text#date-formatting
 */
export function slackDate(seconds, template, { zone, now }) {
  const date = new Date(Number(seconds) * 1000);
  const days = daysBetween(date, now, zone);
  const near = days === 0 ? "today" : days === 1 ? "yesterday" : days === -1 ? "tomorrow" : null;
  const date_ = (options) => formatter(zone, options).format(date);
  const long = () => date_({ weekday: "long", day: "numeric", month: "long", year: "numeric" }).replace(",", "");
  const middle = () => date_({ day: "numeric", month: "long", year: "numeric" });
  const short = () => date_({ day: "numeric", month: "short", year: "numeric" });
  const tokens = {
    date_num: () => dayKey(date, zone),
    date_slash: () => date_({ day: "2-digit", month: "2-digit", year: "numeric" }),
    date: middle,
    date_short: short,
    date_long: long,
    date_pretty: () => near ?? middle(),
    date_short_pretty: () => near ?? short(),
    date_long_pretty: () => near ?? long(),
    date_long_full: long,
    day_divider_pretty: () => dayLabel(date, now, zone),
    time: () => clock(date, zone),
    time_secs: () => date_({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
    ago: () => ago(date, now),
  };
  return template.replaceAll(/\{(\w+)\}/g, (whole, name) => tokens[name]?.() ?? whole);
}

/** "Mon 30 Nov, 09:12" in a zone. */
export function shortMoment(date, zone) {
  const day = formatter(zone, { weekday: "short", day: "numeric", month: "short" }).format(date).replace(",", "");
  return `${day}, ${clock(date, zone)}`;
}

/** "Monday 30 November" in a zone. */
export function today(date, zone) {
  return formatter(zone, { weekday: "long", day: "numeric", month: "long" }).format(date).replace(",", "");
}

/** How long so many seconds are, roughly: "an hour", "16 hours", "4 days", "4 weeks". */
export function span(seconds) {
  const whole = (size) => Math.round(seconds / size);
  const words = (number, one, many) => (number === 1 ? one : `${number} ${many}`);
  if (whole(60) < 50) return words(whole(60), "a minute", "minutes");
  if (whole(3600) < 36) return words(whole(3600), "an hour", "hours");
  if (whole(86400) < 14 || whole(86400) % 7) return words(whole(86400), "a day", "days");
  return words(whole(604800), "a week", "weeks");
}

/** The midnight that ends a day in a zone, in epoch seconds. */
export function endOfDay(date, zone) {
  return midnight(date, zone, 1);
}

/** The midnight that ends a week (on Sunday) in a zone, in epoch seconds. */
export function endOfWeek(date, zone) {
  const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  const here = new Intl.DateTimeFormat("en-US", { weekday: "short", timeZone: zone || "UTC" }).format(date);
  return midnight(date, zone, 7 - days.indexOf(here));
}

function midnight(date, zone, days) {
  const day = new Date(Date.parse(dayKey(date, zone)) + days * 86400000);
  return instant(`${day.toISOString().slice(0, 10)}T00:00`, zone);
}

/** The place of a zone, for people: "Europe/Lisbon" is "Lisbon". */
export function place(zone) {
  return (zone || "UTC").split("/").at(-1).replaceAll("_", " ");
}

/** A zone's wall-clock moment ("2026-11-23T14:05") as epoch seconds. */
export function instant(wall, zone) {
  const guess = Date.parse(`${wall}:00Z`);
  let at = guess;
  for (let round = 0; round < 2; round += 1) at = guess - offset(new Date(at), zone); // twice: the first guess may lie on the other side of a clock change
  return Math.round(at / 1000);
}

/** Epoch seconds as a zone's wall-clock moment ("2026-11-23T14:05"). */
export function wallClock(seconds, zone) {
  const date = new Date(seconds * 1000);
  return `${dayKey(date, zone)}T${clock(date, zone)}`;
}

function offset(date, zone) {
  return (
    Date.parse(
      `${dayKey(date, zone)}T${formatter(zone, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(date)}Z`,
    ) -
    Math.floor(date / 1000) * 1000
  );
}
