// The calls to the server. A failure is always a Trouble that says whether the network, the time or the server was at fault.
const PATIENCE = 20000; // ms

export class Trouble extends Error {
  constructor(cause, detail = "") {
    super(cause);
    this.cause = cause; // offline, slow, failed
    this.detail = detail; // the server's own words, if it gave any
  }
}

const isJson = (response) => response.headers.get("Content-Type")?.includes("json");

async function call(url, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const response = await fetch(url, { ...options, signal: stop.signal });
    if (response.ok) return response.status === 204 ? null : await (isJson(response) ? response.json() : response.text());
    const problem = await response.json().catch(() => ({}));
    throw new Trouble("failed", problem.detail ?? "");
  } catch (error) {
    if (error instanceof Trouble) throw error;
    if (stop.signal.aborted) throw new Trouble("slow");
    throw new Trouble(error instanceof TypeError ? "offline" : "failed");
  } finally {
    clearTimeout(timer);
  }
}

const post = (url, body) => call(url, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

/** Only what has a value is sent: the contract knows no empty conversation id. */
export function ask({ text, conversation, region, exam }) {
  const body = { text };
  if (conversation) body.conversation_id = conversation;
  if (region) body.region = region;
  if (exam) body.exam = exam;
  return post("/api/v1/chat", body);
}

export function rate({ conversation, reply, helpful, comment }) {
  const body = { conversation_id: conversation, reply_id: reply, helpful };
  if (comment) body.comment = comment;
  return post("/api/v1/feedback", body);
}

export const searchRegions = (query) => call(`/api/v1/regions?${new URLSearchParams({ q: query })}`);
export const fetchTimeline = (region, exam) => call(`/api/v1/timeline?${new URLSearchParams({ region, exam })}`);
/** A piece of HTML, or "" for who is not bound. */
export const fetchCard = async (conversation) => await post("/status-card", { conversation_id: conversation }) ?? "";
