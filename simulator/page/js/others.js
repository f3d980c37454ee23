// What waits for the people one is not: the reason to become them.
import { emit, store } from "./store.js";

const MOST = 8; // people watched; a workspace of hundreds shows the first few

/** The people shown in the switch: oneself, and the first ones of the workspace. */
export function watched() {
  const humans = store.state.people.filter((one) => !one.is_bot && !one.deleted);
  const first = humans.slice(0, MOST);
  const mine = humans.find((one) => one.id === store.me);
  return first.includes(mine) || !mine ? first : [mine, ...first.slice(0, MOST - 1)];
}

/** The ids of those whose badges the stream is to tell. */
export const watchedIds = () =>
  watched()
    .map((one) => one.id)
    .filter((id) => id !== store.me);

/** Take in what the stream tells: `people` is {id: {badge, unread}}. */
export function learn(people) {
  for (const [id, now] of Object.entries(people)) {
    const before = store.unread.get(id);
    store.unread.set(id, now);
    if (before && now.badge > before.badge) emit("waiting", id);
  }
  emit("unread");
}
