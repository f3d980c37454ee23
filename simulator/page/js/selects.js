// Selects: of options, people and conversations of the workspace, or of what the app offers while one types.
import { VALUES, change, held, many } from "./element-values.js";
import { entriesOf, plain } from "./options.js";
import { picker } from "./picker.js";

const SHORTEST_QUERY = 3; // letters; Slack's when the element says nothing

/** What a select offers: {entries()}, and where the app is asked while one types, {search(word), shortest}. */
function offerOf(element, context, value) {
  if (!element.type.endsWith("external_select")) return { entries: () => entriesOf(element) };
  const known = new Map(); // everything offered so far: what was chosen keeps its name
  const learn = (options) => {
    const entries = entriesOf(options);
    for (const entry of entries) known.set(entry.key, entry);
    return entries;
  };
  learn({ type: "static_select", options: [value].flat().filter(Boolean) });
  return {
    entries: () => [...known.values()],
    shortest: element.min_query_length ?? SHORTEST_QUERY,
    search: async (word) => {
      const answer = await context.surface.suggest(context.blockId, element.action_id, word);
      return answer.ok ? learn({ type: "static_select", ...answer.answer }) : null;
    },
  };
}

/** A select of any kind. */
export function select(element, context) {
  const [key] = VALUES[element.type];
  const slot = held(element, context);
  if (element.default_to_current_conversation && !slot[key] && context.surface.channel)
    slot[key] = context.surface.channel;
  const keysOf = (value) =>
    [value]
      .flat()
      .filter(Boolean)
      .map((each) => (typeof each === "string" ? each : each.value));
  const offered = offerOf(element, context, slot[key]);
  const made = picker({
    label: context.label ?? plain(element.placeholder ?? { text: "" }),
    placeholder: element.placeholder && plain(element.placeholder),
    describedBy: context.describedBy,
    multiple: many(element.type),
    most: element.max_selected_items,
    ...offered,
    chosen: keysOf(slot[key]),
    onChange: (keys) => {
      const all = offered.entries();
      const picked = keys.map((each) => all.find((entry) => entry.key === each)?.data).filter(Boolean);
      change(element, context, many(element.type) ? picked : picked[0], made.node, (before) =>
        made.set(keysOf(before)),
      );
    },
  });
  made.node.dataset.action = element.action_id;
  return made.node;
}
