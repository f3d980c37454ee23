// Faces: a coloured square with initials, the same one everywhere.
import { h, icon } from "./dom.js";
import { person, store } from "./store.js";

/** A steady hue, in degrees, for an id. Multiplied so that ids differing in one letter differ in colour. */
function hue(id) {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 3600;
  return Math.round((sum * 137.5) % 360);
}

const initials = (name) =>
  name
    .split(/[\s._-]+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((part) => [...part][0].toUpperCase())
    .join("");

/** The picture of a person or an app. `size`: "small", "medium" or "large". */
export function avatar(id, size = "medium", name = null) {
  const found = person(id);
  const isApp = found?.is_bot || id === store.state?.app.user_id || (!found && name);
  if (isApp) return h("span", { class: `avatar app ${size}`, "aria-hidden": "true" }, icon("bolt"));
  return h("span", {
    class: `avatar ${size}`,
    style: `--hue:${hue(id)}`,
    "aria-hidden": "true",
    "data-initials": initials(found?.real_name || found?.name || name || "?"),
  });
}
