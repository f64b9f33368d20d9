// What only one person sees. A reload of the page takes it away, as it does in Slack.

let old = null; // what was there before this page was loaded

/** Give what this person alone sees in a channel, or in one of its threads. */
export function whispersFor(channel, me, thread) {
  return (channel?.ephemerals ?? []).filter(
    (each) => each.user === me && (each.thread_ts ?? null) === thread && !old?.has(each.ts),
  );
}

/** Notice, once, what a reload has taken away. */
export function forgetOld(slack) {
  old ??= new Set(slack.channels.flatMap((channel) => channel.ephemerals.map((each) => each.ts)));
}
