// The app's home tab.
import { drawBlocks } from "./blocks.js";
import { appTabs } from "./conversation.js";
import { fill, h, iconButton } from "./dom.js";
import { avatar } from "./people.js";
import { act, app, store } from "./store.js";
import { viewSurface } from "./surface.js";

/** The home tab; opening it is told to the app, which may publish a new one. → {node, update()} */
export function homeTab({ openSidebar }) {
  const body = h("div", { class: "home-body" });
  const inner = h(
    "div",
    { class: "home" },
    h(
      "div",
      { class: "conversation-head" },
      h(
        "header",
        { class: "heading-bar" },
        iconButton("menu", "Show channels", openSidebar, { class: "icon-button only-narrow" }),
        h("div", { class: "heading-text" }, h("h1", {}, avatar(app().user_id, "small"), app().name)),
      ),
      appTabs("home"),
    ),
    h("div", { class: "home-scroll", tabindex: "0", role: "region", "aria-label": `Home of ${app().name}` }, body),
  );
  let drawn = null;
  let surface = null;
  act("home");

  function update() {
    const view = store.state.home;
    const key = view ? `${view.id}:${view.hash}` : "none";
    if (key === drawn) return;
    drawn = key;
    if (view && surface?.id !== view.id) surface = Object.assign(viewSurface(view.id), { id: view.id });
    fill(
      body,
      view
        ? drawBlocks(view.blocks, surface)
        : h(
            "div",
            { class: "hint-card" },
            h("h3", {}, "Nothing here yet"),
            h("p", {}, `${app().name} has not put anything on its home tab.`),
          ),
    );
  }
  update();
  return { node: inner, update };
}
