// @slack/socket-mode: prints "ready" when connected, then every envelope it acknowledges.
import { SocketModeClient, LogLevel } from "@slack/socket-mode";

const { SLACK_API_URL, SLACK_APP_TOKEN } = process.env;
const client = new SocketModeClient({
  appToken: SLACK_APP_TOKEN,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: SLACK_API_URL },
});
const say = (what) => console.log(JSON.stringify(what));

client.on("connected", () => say({ connected: true }));
client.on("slash_commands", async ({ body, ack }) => {
  await ack({ text: `heard ${body.text}` });
  say({ command: body.text });
});
client.on("message", async ({ event, ack, retry_num: retry }) => {
  await ack();
  say({ message: event.text, retry });
});
client.on("interactive", async ({ body, ack }) => {
  await ack(body.type === "view_submission" ? { response_action: "errors", errors: { b: "too short" } } : undefined);
  say({ interactive: body.type });
});
await client.start();
process.stdin.on("end", () => client.disconnect().then(() => process.exit(0)));
process.stdin.resume();
