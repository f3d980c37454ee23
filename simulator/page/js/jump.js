// The dialog behind Ctrl-K: a part of a name leads to a channel or a person.
import { openDirect } from "./acts.js";
import { fill, h } from "./dom.js";
import { channelIcon } from "./heading.js";
import { sheet } from "./overlay.js";
import { avatar } from "./people.js";
import { show } from "./route.js";
import { app, channelName, store } from "./store.js";

function places(word) {
  const own = store.state.channels
    .filter((one) => one.kind !== "im" && !one.is_archived)
    .map((one) => ({
      name: channelName(one),
      lead: () => channelIcon(one),
      hint: one.topic,
      go: () => show(one.id),
      weight: one.unread ? 2 : one.is_member ? 1 : 0,
    }));
  const people = store.state.people
    .filter((one) => !one.deleted && one.id !== app().user_id)
    .map((one) => ({
      name: one.real_name || one.name,
      lead: () => avatar(one.id, "small"),
      hint: `@${one.name}`,
      weight: 1,
      person: true,
      go: () => openDirect(one.id),
    }));
  const home = {
    name: app().name,
    lead: () => avatar(app().user_id, "small"),
    hint: "App",
    weight: 1,
    person: true,
    go: () => show("home"),
  };
  const wanted = word.replace(/^[#@]/, "").toLowerCase();
  return [...own, ...people, home]
    .filter(
      (one) =>
        (!word.startsWith("@") || one.person) &&
        (!word.startsWith("#") || !one.person) &&
        `${one.name} ${one.hint ?? ""}`.toLowerCase().includes(wanted),
    )
    .sort(
      (a, b) =>
        Number(b.name.toLowerCase().startsWith(wanted)) - Number(a.name.toLowerCase().startsWith(wanted)) ||
        b.weight - a.weight ||
        a.name.localeCompare(b.name),
    );
}

/** The Ctrl-K dialog: type a part of a name, press Enter. */
export function jump(start = "") {
  sheet(
    "Jump to a channel or a person",
    (body, close) => {
      let at = 0;
      let found = [];
      const list = h("div", { class: "options", role: "listbox", id: "jump-list", "aria-label": "Places" });
      const input = h("input", {
        class: "input",
        value: start,
        autofocus: true,
        autocomplete: "off",
        role: "combobox",
        "aria-expanded": "true",
        "aria-controls": "jump-list",
        "aria-label": "Name of a channel or a person",
        placeholder: "Name of a channel or a person",
      });
      const go = (one) => {
        close();
        one.go();
      };
      const draw = () => {
        found = places(input.value.trim()).slice(0, 12);
        at = Math.max(0, Math.min(at, found.length - 1));
        fill(
          list,
          found.map((one, index) =>
            h(
              "div",
              {
                class: index === at ? "option at" : "option",
                id: `jump-${index}`,
                role: "option",
                "aria-selected": String(index === at),
                onclick: () => go(one),
              },
              h("span", { class: "lead" }, one.lead()),
              h(
                "span",
                { class: "grow ellipsis" },
                one.name,
                one.hint ? h("span", { class: "option-hint inline" }, one.hint) : null,
              ),
            ),
          ),
        );
        input.setAttribute("aria-activedescendant", found.length ? `jump-${at}` : "");
      };
      input.addEventListener("input", () => {
        at = 0;
        draw();
      });
      input.addEventListener("keydown", (event) => {
        if (!["Enter", "ArrowDown", "ArrowUp"].includes(event.key)) return;
        // Also for Enter: it would go on to type a line break where the focus goes next.
        event.preventDefault();
        if (event.key === "Enter") {
          if (found[at]) go(found[at]);
          return;
        }
        at = (at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % (found.length || 1);
        draw();
      });
      fill(body, input, list);
      draw();
    },
    "jump",
  );
}
