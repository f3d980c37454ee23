// @slack/web-api against the workspace: prints what it got as JSON.
import { WebClient, ErrorCode } from "@slack/web-api";

const { SLACK_API_URL, SLACK_BOT_TOKEN } = process.env;
const quiet = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel: () => "error", setName() {} };
const client = new WebClient(SLACK_BOT_TOKEN, { slackApiUrl: SLACK_API_URL, logger: quiet });
const got = {};

got.me = (await client.auth.test()).user_id;
const { channel } = await client.conversations.create({ name: "inc-1" });
await client.conversations.invite({ channel: channel.id, users: "U01ANA,U02BO" });
await client.conversations.setTopic({ channel: channel.id, topic: "sev1 · investigating" });

const blocks = [
  { type: "section", text: { type: "mrkdwn", text: "*Checkout* is down & slow" } },
  { type: "actions", elements: [{ type: "button", action_id: "ack", text: { type: "plain_text", text: "Ack" } }] },
];
const metadata = { event_type: "card", event_payload: { incident: 1 } };
const posted = await client.chat.postMessage({ channel: channel.id, text: "card", blocks, metadata });
await client.chat.update({ channel: channel.id, ts: posted.ts, text: "card, edited", blocks });
for (const text of ["one", "two", "three"]) {
  await client.chat.postMessage({ channel: channel.id, thread_ts: posted.ts, text });
}
got.replies = [];
for await (const page of client.paginate("conversations.replies", { channel: channel.id, ts: posted.ts, limit: 2 })) {
  got.replies.push(...page.messages.slice(1).map((message) => message.text));
}
const history = await client.conversations.history({ channel: channel.id, include_all_metadata: true });
got.metadata = history.messages.find((message) => message.ts === posted.ts).metadata;

await client.pins.add({ channel: channel.id, timestamp: posted.ts });
await client.reactions.add({ channel: channel.id, timestamp: posted.ts, name: "eyes" });
await client.bookmarks.add({ channel_id: channel.id, title: "Call", type: "link", link: "https://meet.example.com" });
got.permalink = (await client.chat.getPermalink({ channel: channel.id, message_ts: posted.ts })).permalink;
got.people = [];
for await (const page of client.paginate("users.list", { limit: 2 })) {
  got.people.push(...page.members.map((member) => member.name));
}
await client.views.publish({ user_id: "U01ANA", view: { type: "home", blocks: [blocks[0]] } });
const uploaded = await client.filesUploadV2({
  channel_id: channel.id,
  filename: "log.txt",
  content: "line one",
  initial_comment: "the log",
});
got.uploaded = uploaded.files[0].files[0].name;

try {
  await client.conversations.create({ name: "inc-1" });
} catch (error) {
  got.refused = [error.code === ErrorCode.PlatformError, error.data.error];
}
try {
  await client.chat.postMessage({ channel: channel.id, blocks: [{ type: "hologram" }], text: "x" });
} catch (error) {
  got.messages = error.data.response_metadata.messages;
}
// Above the limit the client waits as long as it is told, and tries again.
const limited = new WebClient(SLACK_BOT_TOKEN, {
  slackApiUrl: SLACK_API_URL,
  logger: quiet,
  rejectRateLimitedCalls: true,
});
if (process.env.LIMITED) {
  try {
    for (let n = 0; n < 10; n += 1) await limited.chat.postMessage({ channel: channel.id, text: `${n}` });
  } catch (error) {
    got.limited = [error.code === ErrorCode.RateLimitedError, error.retryAfter];
  }
}
console.log(JSON.stringify(got));
