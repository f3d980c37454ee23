// What an app sends, by Slack's own types, without the catch-all that takes any block.
import type { HomeView, KnownBlock, ModalView } from "@slack/types";

export type Sent = KnownBlock;
export type Modal = Omit<ModalView, "blocks"> & { blocks: KnownBlock[]; submit_disabled?: boolean };
export type Home = Omit<HomeView, "blocks"> & { blocks: KnownBlock[] };
