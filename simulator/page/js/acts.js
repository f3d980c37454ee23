// What people do, with what went wrong told to them.
import { toast } from "./overlay.js";
import { show } from "./route.js";
import { act, refresh, store } from "./store.js";

/** Do something; a refusal is shown. → the answer */
export async function attempt(what, details) {
  const answer = await act(what, details);
  if (!answer.ok) toast(answer.message ?? answer.error, { tone: "bad" });
  return answer;
}

/** Go to a channel that was just made, as soon as it is known. */
async function showNew(matches) {
  await refresh();
  const made = store.state.channels.find(matches);
  if (made) show(made.id);
}

/** Go to the direct messages with somebody, opening them where there are none yet. */
export async function openDirect(user) {
  const matches = (one) => one.kind === "im" && one.with === user;
  const known = store.state.channels.find(matches);
  if (known) return show(known.id);
  const answer = await attempt("dm", { user });
  return answer.ok ? showNew(matches) : undefined;
}

/** Make a channel and go there. → whether it was made */
export async function createChannel(name, isPrivate) {
  const answer = await attempt("create", { name, private: isPrivate });
  if (answer.ok) await showNew((one) => one.name === name);
  return answer.ok;
}
