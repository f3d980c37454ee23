// A Bolt for JavaScript app that uses a bit of everything; over sockets, or over HTTP when PORT is set.
import bolt from "@slack/bolt";

const { SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET, PORT } = process.env;
const say = (what) => console.log(JSON.stringify(what));
const plain = (text) => ({ type: "plain_text", text });
const app = new bolt.App({
  token: SLACK_BOT_TOKEN,
  signingSecret: SLACK_SIGNING_SECRET,
  clientOptions: { slackApiUrl: SLACK_API_URL },
  logLevel: bolt.LogLevel.ERROR,
  ...(PORT ? {} : { socketMode: true, appToken: SLACK_APP_TOKEN }),
});

app.command("/incident", async ({ command, ack, client }) => {
  await ack(`Declaring ${command.text}`);
  const elements = [
    { type: "button", action_id: "ack", text: plain("Acknowledge"), value: "7" },
    { type: "external_select", action_id: "service", placeholder: plain("Service") },
  ];
  await client.chat.postMessage({
    channel: command.user_id,
    text: `Page: ${command.text}`,
    blocks: [{ type: "actions", block_id: "a", elements }],
  });
});
app.action("ack", async ({ ack, action, respond, body, client }) => {
  await ack();
  await respond({ text: `acknowledged ${action.value}`, replace_original: true });
  const input = { type: "plain_text_input", action_id: "i" };
  await client.views.open({
    trigger_id: body.trigger_id,
    view: {
      type: "modal",
      callback_id: "note",
      title: plain("Note"),
      submit: plain("Save"),
      blocks: [{ type: "input", block_id: "b", label: plain("Note"), element: input }],
    },
  });
});
app.options("service", async ({ ack, payload }) => {
  await ack({ options: [{ text: plain(payload.value), value: "s" }] });
});
app.action("service", async ({ ack, action }) => {
  await ack();
  say({ chosen: action.selected_option.text.text });
});
app.view("note", async ({ ack, view }) => {
  const text = view.state.values.b.i.value;
  if (text.length < 3) return ack({ response_action: "errors", errors: { b: "Too short" } });
  await ack();
  say({ note: text });
});
app.shortcut("timeline", async ({ ack, shortcut }) => {
  await ack();
  say({ shortcut: shortcut.message.text });
});
app.message("hello", async ({ message, say: post }) => post(`hi <@${message.user}>`));
app.event("reaction_added", async ({ event }) => say({ reaction: event.reaction }));
app.event("app_home_opened", async ({ event, client }) => {
  const blocks = [{ type: "section", text: plain("at home") }];
  await client.views.publish({ user_id: event.user, view: { type: "home", blocks } });
});
app.error(async (error) => say({ error: `${error}` }));

await app.start(PORT ? Number(PORT) : undefined);
say({ ready: true });
process.stdin.on("end", () => app.stop().finally(() => process.exit(0)));
process.stdin.resume();
