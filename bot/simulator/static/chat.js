// The chat page of the simulator. Everything a person wrote reaches the page as text nodes, never as HTML.
"use strict";

const MAX_COLUMNS = 5, COLUMN_WIDTH = 320, TYPING_SECONDS = 5, TOAST_MS = 3500;
const PLACES = [
  ["Balai Kota Depok", -6.3946, 106.8227], ["Stasiun Depok Baru", -6.3911, 106.8217], ["Stasiun Universitas Indonesia", -6.3606, 106.8317],
  ["Grand Depok City", -6.4243, 106.8231], ["Terminal Jatijajar", -6.4121, 106.8622], ["Pasar Cisalak, Cimanggis", -6.3779, 106.8689],
  ["Sawangan", -6.4036, 106.7642], ["Cinere", -6.3367, 106.7833], ["Monas, Jakarta (di luar Depok)", -6.1754, 106.8272],
];
const STICKERS = ["👍", "🙏", "😊", "😡", "😢", "🎉", "❤️", "🤔", "👏", "🚧", "💡", "🗑️"];
const ICONS = {
  attach: "M20 11.5 12.4 19a5 5 0 0 1-7-7l8-8a3.4 3.4 0 0 1 4.8 4.8l-8 8a1.7 1.7 0 0 1-2.4-2.4l7.2-7.2", send: "M4 12 20 4l-5 16-3.5-6.5z",
  menu: "M12 5.5v.01M12 12v.01M12 18.5v.01", commands: "M9 20 15 4", keyboard: "M3 7h18v11H3zM7 11h.01M11 11h.01M15 11h.01M8 15h8",
  close: "M6 6l12 12M18 6 6 18", file: "M7 3h7l4 4v14H7zM14 3v4h4", voice: "M12 4a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V7a3 3 0 0 0-3-3M6 12a6 6 0 0 0 12 0M12 18v3",
  plus: "M12 5v14M5 12h14", lock: "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3", unlock: "M6 11h12v9H6zM9 11V8a3 3 0 0 1 5.6-1.5", again: "M5 12a7 7 0 1 0 2.2-5.1M5 4v4h4",
  eye: "M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6M4 4l16 16", reply: "M10 7 5 12l5 5M5 12h9a5 5 0 0 1 5 5v1", pen: "M5 19l1-4L16 5l3 3L9 18zM14 7l3 3", copy: "M9 9h10v11H9zM6 15H5V4h10v2",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01", camera: "M4 8h4l1.5-2h5L16 8h4v11H4zM12 16a3 3 0 1 0 0-6 3 3 0 0 0 0 6", pin: "M12 21c-4-5-6-7.500-6-11a6 6 0 0 1 12 0c0 3.500-2 6-6 11M12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4",
  smile: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16M9 10h.01M15 10h.01M8.500 14c1 1.500 2 2 3.500 2s2.500-.5 3.500-2", album: "M4 8h12v12H4zM8 8V4h12v12h-4",
  video: "M4 6h11v12H4zM15 10l5-3v10l-5-3", person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M5 20a7 7 0 0 1 14 0",
};
const shown = { people: [], bot: { first_name: "" }, description: "" };  // what /sim/state last said
const columns = new Map();                                              // person id -> Column
let chosen = recall();                                                  // ids on view, oldest choice first
let source = null;

// -- small tools -----------------------------------------------------------------------------------------------------

function el(name, props = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key in node && !key.includes("-") && typeof value !== "string") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}
function svg(name, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}
const icon = (name) => svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));
const iconButton = (name, label, onclick, extra = {}) =>
  el("button", { type: "button", class: "icon", "aria-label": label, title: label, onclick, ...extra }, icon(name));
const hue = (id) => String(Math.abs(id * 67) % 360);
const fullName = (user) => [user.first_name, user.last_name].filter(Boolean).join(" ");
const initials = (name) => name.split(/\s+/).slice(0, 2).map((word) => [...word][0] || "").join("").toUpperCase();
const time = (seconds) => new Date(seconds * 1000).toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit" });
const day = (seconds) => new Date(seconds * 1000).toLocaleDateString("id-ID", { weekday: "long", day: "numeric", month: "long" });
const degrees = (value) => value.toLocaleString("id-ID", { minimumFractionDigits: 5, maximumFractionDigits: 5 });
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
const fileUrl = (file) => `/sim/files/${encodeURIComponent(file.file_id)}`;
const size = (bytes) => bytes >= 1048576 ? `${(bytes / 1048576).toLocaleString("id-ID", { maximumFractionDigits: 1 })} MB`
  : bytes >= 1024 ? `${Math.round(bytes / 1024)} KB` : `${bytes} bita`;

function face(name, id) {
  const node = el("span", { class: "face", "aria-hidden": "true" }, initials(name));
  node.style.setProperty("--hue", hue(id));
  return node;
}
function recall() {
  try { return JSON.parse(localStorage.getItem("orang") || "[]"); } catch { return []; }
}
function remember() {
  try { localStorage.setItem("orang", JSON.stringify(chosen)); } catch { /* a private window: nothing is kept */ }
}
async function getJson(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}
async function postJson(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.error || String(answer.status));
  return result;
}
function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",", 2)[1] || "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

// -- what a message looks like ---------------------------------------------------------------------------------------

const WRAPS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote", expandable_blockquote: "blockquote" };

function rich(text, entities, act) {
  const sorted = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  let next = 0;
  const build = (from, to) => {
    const nodes = [];
    let at = from;
    while (next < sorted.length && sorted[next].offset < to) {
      const entity = sorted[next++];
      const start = Math.max(entity.offset, at), end = Math.min(entity.offset + entity.length, to);
      if (start > at) nodes.push(text.slice(at, start));
      nodes.push(dress(entity, text.slice(start, end), build(start, end), act));
      at = entity.type.endsWith("blockquote") && text[end] === "\n" ? end + 1 : end;  // a block ends its line by itself
    }
    if (to > at) nodes.push(text.slice(at, to));
    return nodes;
  };
  return el("div", { class: "text" }, build(0, text.length));
}
function dress(entity, plain, inner, act) {
  if (WRAPS[entity.type]) return el(WRAPS[entity.type], {}, inner);
  const address = entity.type === "text_link" ? entity.url : entity.type === "url" ? plain : "";
  if (/^(https?|mailto|tel):/i.test(address)) return el("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, inner);
  if (entity.type === "bot_command") return el("button", { type: "button", class: "command", onclick: () => act("says", { text: plain }) }, inner);
  if (entity.type === "spoiler") {
    return el("button", { type: "button", class: "spoiler", "aria-label": "Teks tersembunyi, tekan untuk membaca", onclick: (event) => {
      event.currentTarget.classList.add("open");
      event.currentTarget.removeAttribute("aria-label");
    } }, inner);
  }
  return el("span", {}, inner);
}
function card(badge, title, note, link) {
  const inside = [el("span", { class: "badge", "aria-hidden": "true" }, badge), el("span", {}, el("strong", {}, title), el("small", {}, note))];
  return link ? el("a", { class: "card", ...link }, inside) : el("div", { class: "card" }, inside);
}
function map(location) {
  // a drawing, not a map: the same coordinates always give the same streets
  let seed = Math.abs(Math.round(location.latitude * 1e4) * 31 + Math.round(location.longitude * 1e4)) % 2147483647 || 7;
  const roll = (limit) => (seed = (seed * 48271) % 2147483647) % limit;
  const parts = [svg("rect", { class: "land", width: 260, height: 130 })];
  for (let i = 0; i < 9; i++) parts.push(svg("rect", { class: "block", x: roll(250), y: roll(120), width: 24 + roll(46), height: 16 + roll(30), rx: 4 }));
  const y = 20 + roll(90);
  parts.push(svg("path", { class: "water", d: `M0 ${y}c60 ${roll(40) - 20} 120 ${roll(50) - 25} 260 ${roll(40) - 20}v9c-140-10-200 10-260 4z` }));
  for (let i = 0; i < 5; i++) parts.push(svg("path", { class: "road", "stroke-width": i ? 4 : 8, d: i % 2 ? `M${roll(260)} 0L${roll(260)} 130` : `M0 ${roll(130)}L260 ${roll(130)}` }));
  parts.push(svg("path", { class: "road", "stroke-width": 6, d: `M0 ${60 + roll(16)}L130 68L260 ${50 + roll(30)}` }));
  parts.push(svg("path", { class: "pin", d: "M130 68c-9-13-15-19-15-28a15 15 0 0 1 30 0c0 9-6 15-15 28z" }), svg("circle", { class: "eye", cx: 130, cy: 40, r: 5.5 }));
  return svg("svg", { class: "map", viewBox: "0 0 260 130", role: "img", "aria-label": "Gambar peta dengan penanda lokasi" }, ...parts);
}
function place(message) {
  const where = message.location, venue = message.venue;
  const title = venue ? venue.title : "Lokasi";
  return el("div", { class: "place" }, map(where), el("strong", {}, title), venue && venue.address ? el("div", {}, venue.address) : null,
    el("small", {}, `${degrees(where.latitude)}; ${degrees(where.longitude)}`));
}
function wave(seconds) {
  const bars = Array.from({ length: 26 }, (_, i) => {
    const bar = el("i");
    bar.style.height = `${5 + Math.abs(Math.sin(i * 1.7 + seconds) * 17)}px`;
    return bar;
  });
  return el("span", { class: "wave" }, bars);
}
function attachment(message) {
  if (message.document) {
    const name = message.document.file_name || "berkas";
    const kind = (name.split(".").pop() || "").slice(0, 4).toUpperCase();
    return card(kind || icon("file"), name, `${size(message.document.file_size)} · Unduh`, { href: fileUrl(message.document), download: name });
  }
  if (message.video) return card(icon("video"), message.video.file_name || "Video", `${clock(message.video.duration)} · Unduh`, { href: fileUrl(message.video), download: message.video.file_name || "video" });
  if (message.voice) return el("div", { class: "card" }, el("span", { class: "badge", "aria-hidden": "true" }, icon("voice")),
    el("span", {}, wave(message.voice.duration), el("small", {}, `Pesan suara · ${clock(message.voice.duration)}`)));
  if (message.contact) return card(icon("person"), fullName(message.contact), message.contact.phone_number);
  if (message.location) return place(message);
  if (message.sticker) return el("div", { class: "sticker", role: "img", "aria-label": `Stiker ${message.sticker.emoji || ""}` }, message.sticker.emoji || "🙂");
  return null;
}
function photos(messages) {
  const items = messages.filter((message) => message.photo);
  if (!items.length) return null;
  return el("div", { class: items.length > 1 ? "photos many" : "photos" }, items.map((message) => {
    const photo = message.photo.at(-1);
    const words = message.caption ? `Foto: ${message.caption}` : "Foto";
    return el("button", { type: "button", "aria-label": `${words}. Perbesar`, onclick: () => enlarge(fileUrl(photo), words) },
      el("img", { src: fileUrl(photo), alt: words, width: String(photo.width), height: String(photo.height), loading: "lazy" }));
  }));
}
function enlarge(address, words) {
  const box = document.getElementById("foto"), picture = box.querySelector("img");
  picture.src = address;
  picture.alt = words;
  box.showModal();
}
function serviceWords(message) {
  const names = (users) => users.map((user) => user.is_bot ? "Bot" : fullName(user)).join(", ");
  if (message.new_chat_members) return `${names(message.new_chat_members)} bergabung ke grup`;
  if (message.left_chat_member) return `${names([message.left_chat_member])} keluar dari grup`;
  if (message.migrate_to_chat_id) return "Grup ini ditingkatkan menjadi supergrup";
  if (message.migrate_from_chat_id) return "Percakapan grup berlanjut di sini";
  return "";
}
function summary(message) {
  if (message.text || message.caption) return message.text || message.caption;
  const kinds = { photo: "Foto", location: "Lokasi", document: "Berkas", video: "Video", voice: "Pesan suara", sticker: "Stiker", contact: "Kontak" };
  const found = Object.keys(kinds).find((kind) => message[kind]);
  return found ? kinds[found] : "Pesan";
}

// -- sample pictures -------------------------------------------------------------------------------------------------

const SAMPLES = [
  ["Lampu mati", (c) => {
    sky(c, "#0d1630", "#2d3757"); road(c, "#24262d");
    c.fillStyle = "#11141c"; c.fillRect(300, 90, 12, 270); c.fillRect(300, 90, 90, 9); c.fillStyle = "#3b4154"; c.fillRect(366, 96, 46, 14);
    c.fillStyle = "#ffe9a8"; c.beginPath(); c.arc(520, 70, 26, 0, 7); c.fill(); c.fillStyle = "#1a2140"; c.beginPath(); c.arc(508, 62, 24, 0, 7); c.fill();
  }],
  ["Jalan berlubang", (c) => {
    sky(c, "#8ec3e8", "#e3eef2"); road(c, "#6b6e73");
    c.fillStyle = "#3c3a37"; c.beginPath(); c.ellipse(310, 400, 130, 42, 0, 0, 7); c.fill(); c.fillStyle = "#6c8796"; c.beginPath(); c.ellipse(316, 408, 96, 26, 0, 0, 7); c.fill();
  }],
  ["Sampah menumpuk", (c) => {
    sky(c, "#f2d7a6", "#f7ecd8"); road(c, "#8d8577");
    const bags = ["#2c2f36", "#3f6b52", "#545b66", "#7a4b3a", "#2b4a63", "#4a4a4f"];
    bags.forEach((colour, i) => { c.fillStyle = colour; c.beginPath(); c.ellipse(180 + i * 55, 370 - (i % 3) * 38, 62, 52, 0, 0, 7); c.fill(); });
  }],
];
function sky(c, above, below) {
  const paint = c.createLinearGradient(0, 0, 0, 330);
  paint.addColorStop(0, above); paint.addColorStop(1, below);
  c.fillStyle = paint; c.fillRect(0, 0, 640, 480);
  c.fillStyle = "#0003";
  [[20, 210, 110], [150, 170, 80], [430, 190, 90], [540, 150, 90]].forEach(([x, y, w]) => c.fillRect(x, y, w, 140));
}
function road(c, colour) {
  c.fillStyle = colour; c.beginPath(); c.moveTo(0, 480); c.lineTo(200, 310); c.lineTo(440, 310); c.lineTo(640, 480); c.fill();
  c.fillStyle = "#fff8"; for (let i = 0; i < 4; i++) c.fillRect(317 - i, 318 + i * 42, 6 + i * 3, 20 + i * 4);
}
function drawSample(number) {
  const canvas = el("canvas", { width: "640", height: "480", "aria-hidden": "true" });
  SAMPLES[number][1](canvas.getContext("2d"));
  return canvas;
}

// -- one person's column ---------------------------------------------------------------------------------------------

class Column {
  constructor(person) {
    this.person = person;
    this.room = person.chats[0].id;
    this.messages = new Map();   // message id -> {message, from_bot}
    this.nodes = new Map();      // album id or message id -> element
    this.keyboard = null;
    this.folded = false;
    this.answering = null;       // {mode: "reply" | "edit", message}
    this.unread = 0;
    this.build();
  }

  build() {
    const name = fullName(this.person), title = `${name}, ${this.person.role}`;
    const id = `orang-${this.person.id}`;
    this.rooms = el("div", { class: "rooms", role: "group", "aria-label": "Percakapan" });
    this.log = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": `Percakapan ${title}`, tabindex: "0" });
    this.toasts = el("div", { class: "toasts", role: "status", "aria-live": "polite" });
    this.foot = el("div", { class: "foot" });
    this.subtitle = el("p");
    this.menuButton = iconButton("menu", `Pilihan untuk ${name}`, () => this.openMenu(), { "aria-haspopup": "true" });
    this.root = el("section", { class: "column", "aria-labelledby": id },
      el("header", { class: "head" }, face(name, this.person.id), el("div", { class: "who" }, el("h2", { id, "aria-label": title }, name), this.subtitle), this.menuButton),
      this.rooms, this.log, this.toasts, this.foot);
    this.root.addEventListener("keydown", (event) => { if (event.key === "Escape") this.closePop(true); });
    this.buildComposer();
  }

  buildComposer() {
    this.input = el("textarea", { rows: "1", "aria-label": `Tulis pesan sebagai ${fullName(this.person)}`, placeholder: "Tulis pesan…", autocomplete: "off" });
    this.input.addEventListener("input", () => this.grow());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
      if (event.key === "Escape" && this.answering) this.answer(null);
    });
    this.keyboardArea = el("div", { class: "keyboard", role: "group", "aria-label": "Papan tombol" });
    this.answeringArea = el("div", { class: "answering", hidden: true });
    this.foldButton = iconButton("keyboard", "Tampilkan atau sembunyikan papan tombol", () => { this.folded = !this.folded; this.showKeyboard(); });
    this.commandsButton = iconButton("commands", "Daftar perintah", () => this.openCommands(), { "aria-haspopup": "true" });
    this.attachButton = iconButton("attach", "Lampirkan", () => this.openAttach(), { "aria-haspopup": "true" });
    this.composer = el("form", { class: "compose", onsubmit: (event) => { event.preventDefault(); this.submit(); } },
      this.attachButton, this.commandsButton, this.input, this.foldButton,
      el("button", { class: "icon send", "aria-label": "Kirim", title: "Kirim" }, icon("send")));
  }

  get inGroup() { return this.room < 0; }
  get here() { return this.person.chats.find((chat) => chat.id === this.room) || this.person.chats[0]; }

  act(action, values = {}) {
    this.closePop();
    return this.post(action, values);
  }

  async post(action, values) {
    try {
      await postJson("/sim/act", { person: this.person.id, action, arguments: values });
      return true;
    } catch (error) {
      this.toast(error.message.startsWith("no button") ? "Tombol ini sudah tidak ada." : "Tidak berhasil. Coba sekali lagi.", true);
      return false;
    }
  }

  // a new description of the person from /sim/state
  update(person) {
    this.person = person;
    if (!person.chats.some((chat) => chat.id === this.room)) { this.room = person.chats[0].id; this.load(); }
    this.subtitle.textContent = person.blocked ? `${person.role} · memblokir bot` : person.role;
    this.rooms.hidden = person.chats.length < 2;
    this.rooms.replaceChildren(...person.chats.map((chat) => el("button", { type: "button", "aria-pressed": String(chat.id === this.room),
      onclick: () => { this.room = chat.id; this.update(this.person); this.load(); } }, chat.title || "Obrolan dengan bot")));
    this.commandsButton.hidden = !this.here.commands.length;
    this.showFoot();
    this.showHello();
  }

  async load() {
    const room = this.room, state = await getJson(`/sim/chat/${room}`);
    if (room !== this.room) return;
    this.messages.clear(); this.nodes.clear(); this.log.replaceChildren();
    this.keyboard = state.keyboard;
    this.lastDay = "";
    for (const item of state.messages) this.put(item, false);
    this.showKeyboard(); this.showHello();
    this.scrollDown(true);
  }

  showHello() {
    this.log.querySelector(".hello")?.remove();
    if (this.messages.size || this.inGroup) return;
    this.log.append(el("div", { class: "hello" }, el("div", { class: "face", "aria-hidden": "true" }, initials(shown.bot.first_name)), el("h3", {}, shown.bot.first_name),
      el("p", {}, shown.description || "Tekan Mulai untuk membuka percakapan dengan bot.")));
  }

  showFoot() {
    const state = this.inGroup ? "write" : this.person.blocked ? "blocked" : this.person.started ? "write" : "new";
    if (this.footState === state) return;
    const focused = this.foot.contains(document.activeElement);
    this.footState = state;
    if (state === "write") this.foot.replaceChildren(this.keyboardArea, this.answeringArea, this.composer);
    else if (state === "blocked") this.foot.replaceChildren(el("p", { class: "state" }, "Bot sedang diblokir. Pesan tidak akan sampai."),
      el("button", { type: "button", class: "main", onclick: () => this.act("unblocks") }, "Buka blokir"));
    else this.foot.replaceChildren(el("button", { type: "button", class: "main", onclick: () => this.act("starts") }, "Mulai"));
    if (focused) (state === "write" ? this.input : this.foot.querySelector("button")).focus();
    this.showKeyboard();
  }

  showKeyboard() {
    const rows = this.keyboard?.keyboard || [];
    this.foldButton.hidden = !rows.length;
    this.foldButton.setAttribute("aria-expanded", String(!this.folded));
    this.keyboardArea.hidden = !rows.length || this.folded;
    this.input.placeholder = this.keyboard?.input_field_placeholder || "Tulis pesan…";
    this.keyboardArea.replaceChildren(...rows.map((row) => el("div", { class: "row" }, row.map((button) => {
      const what = typeof button === "string" ? { text: button } : button;
      return el("button", { type: "button", onclick: () => this.tapKey(what) }, what.text);
    }))));
  }

  tapKey(what) {
    if (this.keyboard?.one_time_keyboard) { this.folded = true; this.showKeyboard(); }
    if (what.request_contact) return this.act("sends_contact");
    if (what.request_location) return this.openPlaces();
    return this.act("says", { text: what.text, ...this.where() });
  }

  where() { return this.inGroup ? { chat: this.room } : {}; }

  // -- messages ------------------------------------------------------------------------------------------------------

  put(item, fresh) {
    const { message } = item, key = message.media_group_id ? `a${message.media_group_id}` : message.message_id;
    this.messages.set(message.message_id, item);
    const group = message.media_group_id ? [...this.messages.values()].filter((other) => other.message.media_group_id === message.media_group_id) : [item];
    const node = this.draw(group, fresh), old = this.nodes.get(key);
    this.nodes.set(key, node);
    if (old) { this.swap(old, node); return; }
    const today = day(message.date);
    if (today !== this.lastDay) { this.lastDay = today; this.log.append(el("div", { class: "day" }, today)); }
    this.log.append(node);
  }

  swap(old, node) {
    // the focus stays where it was: a press that changes the buttons must not throw a keyboard user out
    const buttons = [...old.querySelectorAll("button")], at = buttons.indexOf(document.activeElement);
    node.classList.remove("fresh");
    old.replaceWith(node);
    if (at >= 0) ([...node.querySelectorAll(".keys button")][0] || this.input).focus();
  }

  drop(id) {
    const item = this.messages.get(id);
    if (!item) return;
    this.messages.delete(id);
    const key = item.message.media_group_id ? `a${item.message.media_group_id}` : id, node = this.nodes.get(key);
    if (node?.contains(document.activeElement)) this.input.focus();
    const rest = [...this.messages.values()].filter((other) => item.message.media_group_id && other.message.media_group_id === item.message.media_group_id);
    if (rest.length) { const redrawn = this.draw(rest, false); node?.replaceWith(redrawn); this.nodes.set(key, redrawn); }
    else { node?.remove(); this.nodes.delete(key); }
  }

  draw(group, fresh) {
    const { message, from_bot } = group[0], messages = group.map((item) => item.message);
    const service = serviceWords(message);
    if (service) return el("div", { class: "service" }, service);
    const mine = !from_bot && message.from.id === this.person.id;
    const worded = messages.find((other) => other.text || other.caption) || message;
    const words = worded.text || worded.caption || "";
    const bubble = el("div", { class: message.sticker ? "bubble bare" : "bubble" });
    if (this.inGroup && !mine) {
      const from = el("div", { class: "from" }, fullName(message.from));
      from.style.setProperty("--hue", hue(message.from.id));
      bubble.append(from);
    }
    const origin = message.forward_origin;
    if (origin) bubble.append(el("div", { class: "forwarded" }, `Diteruskan dari ${origin.sender_user_name || fullName(origin.sender_user || {})}`));
    if (message.reply_to_message) bubble.append(this.quote(message.reply_to_message));
    const pictures = photos(messages), extra = attachment(message);
    if (pictures) bubble.append(pictures);
    if (extra) bubble.append(extra);
    if (words) bubble.append(rich(words, worded.text ? worded.entities : worded.caption_entities, (action, values) => this.act(action, { ...values, ...this.where() })));
    if (!words && !pictures && !extra) bubble.append(el("div", { class: "text" }, "(pesan jenis lain)"));
    bubble.append(el("div", { class: "meta" }, messages.some((other) => other.edit_date) ? el("span", {}, "diubah") : null, el("time", {}, time(message.date))));
    const speaker = mine ? "Anda" : from_bot ? "Bot" : fullName(message.from);
    const node = el("article", { class: `message${mine ? " mine" : ""}${fresh ? " fresh" : ""}`, "aria-label": `${speaker}, ${time(message.date)}` }, bubble);
    const more = iconButton("menu", "Pilihan pesan", () => this.openMessageMenu(more, worded, mine), { "aria-haspopup": "true" });
    more.classList.add("more");
    bubble.append(more);
    const keys = message.reply_markup?.inline_keyboard;
    if (keys) node.append(this.keys(message, keys));
    return node;
  }

  quote(target) {
    const name = target.from.is_bot ? "Bot" : target.from.id === this.person.id ? "Anda" : fullName(target.from);
    return el("button", { type: "button", class: "quote", "aria-label": `Menjawab ${name}: ${summary(target)}`, onclick: () => {
      const found = this.nodes.get(target.media_group_id ? `a${target.media_group_id}` : target.message_id)?.querySelector(".bubble");
      found?.scrollIntoView({ block: "center", behavior: "smooth" });
      found?.classList.add("flash");
      setTimeout(() => found?.classList.remove("flash"), 1200);
    } }, el("b", {}, name), el("span", {}, summary(target)));
  }

  keys(message, rows) {
    return el("div", { class: "keys", role: "group", "aria-label": "Tombol" }, rows.map((row) => el("div", { class: "row" }, row.map((button) => {
      if (button.url) return el("a", { href: /^https?:/i.test(button.url) ? button.url : "#", target: "_blank", rel: "noopener noreferrer nofollow" }, `${button.text} ↗`);
      const node = el("button", { type: "button", onclick: async () => {
        if (!button.callback_data) return;
        node.classList.add("busy");
        setTimeout(() => node.classList.remove("busy"), 4000);
        await this.act("presses", { message: { chat_id: message.chat.id, message_id: message.message_id }, data: button.callback_data });
      } }, button.text);
      return node;
    }))));
  }

  // -- writing -------------------------------------------------------------------------------------------------------

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(140, this.input.scrollHeight + 2)}px`;
  }

  async submit() {
    const text = this.input.value.trim(), { mode, message } = this.answering || {};
    if (!text) return;
    const target = message && { chat_id: message.chat.id, message_id: message.message_id };
    const kept = this.input.value;
    this.input.value = "";
    this.grow();
    const done = mode === "edit" ? await this.act("edits", { message: target, text })
      : mode === "reply" ? await this.act("replies", { message: target, text }) : await this.act("says", { text, ...this.where() });
    if (done) this.answer(null);
    else if (!this.input.value) this.input.value = kept;
  }

  answer(answering) {
    if (this.answering?.mode === "edit" && !answering) this.input.value = "";
    this.answering = answering;
    this.answeringArea.hidden = !answering;
    if (!answering) { this.grow(); return; }
    const { mode, message } = answering;
    this.answeringArea.replaceChildren(
      el("div", {}, el("b", {}, mode === "edit" ? "Ubah pesan" : `Balas ${message.from.is_bot ? "bot" : fullName(message.from)}`), el("span", {}, summary(message))),
      iconButton("close", "Batal", () => { this.answer(null); this.input.focus(); }));
    if (mode === "edit") this.input.value = message.text || message.caption || "";
    this.grow();
    this.input.focus();
  }

  // -- menus ---------------------------------------------------------------------------------------------------------

  pop(opener, label, children, style = "") {
    const again = this.popNode && this.popOpener === opener && !this.popNested;
    this.closePop();
    if (again) return null;
    this.popOpener = opener;
    this.popNode = el("div", { class: `pop ${style}`, role: "group", "aria-label": label }, children);
    opener?.setAttribute("aria-expanded", "true");
    this.popNode.addEventListener("keydown", (event) => {
      const stops = [...this.popNode.querySelectorAll("button, input")], at = stops.indexOf(document.activeElement);
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) { event.preventDefault(); stops[(at + step + stops.length) % stops.length].focus(); }
    });
    this.foot.append(this.popNode);
    this.popNode.querySelector("button, input")?.focus({ preventScroll: true });
    return this.popNode;
  }

  closePop(giveBack = false) {
    if (!this.popNode) return;
    const inside = this.popNode.contains(document.activeElement);
    this.popNode.remove();
    this.popOpener?.setAttribute("aria-expanded", "false");
    if (giveBack || inside) (this.popOpener?.isConnected ? this.popOpener : this.input).focus({ preventScroll: true });
    this.popNode = this.popOpener = null;
  }

  item(picture, words, onclick, note) {
    return el("button", { type: "button", onclick }, el("span", { class: "sign" }, icon(picture)), el("span", {}, words, note ? el("br") : null, note ? el("small", {}, note) : null));
  }

  openMenu() {
    const blocked = this.person.blocked;
    const box = this.pop(this.menuButton, "Pilihan", [
      blocked ? this.item("unlock", "Buka blokir bot", () => this.act("unblocks")) : this.item("lock", "Blokir bot", () => this.act("blocks")),
      this.item("again", "Kirim /start lagi", () => this.act("starts")),
      this.item("eye", "Sembunyikan kolom ini", () => toggle(this.person.id)),
    ], "small");
    if (box) this.pin(box, this.menuButton);
  }

  pin(box, opener) {
    // hang the menu at its button, inside the column
    this.root.append(box);
    const at = opener.getBoundingClientRect(), frame = this.root.getBoundingClientRect();
    box.style.right = "auto";
    box.style.bottom = "auto";
    const left = Math.min(Math.max(8, at.left - frame.left - 80), frame.width - box.offsetWidth - 8);
    const below = at.bottom - frame.top + 4, top = below + box.offsetHeight > frame.height ? at.top - frame.top - box.offsetHeight - 4 : below;
    box.style.left = `${left}px`;
    box.style.top = `${Math.max(8, top)}px`;
    box.querySelector("button")?.focus({ preventScroll: true });
  }

  openMessageMenu(opener, message, mine) {
    const words = message.text || message.caption || "";
    const box = this.pop(opener, "Pilihan pesan", [
      this.item("reply", "Balas", () => { this.closePop(); this.answer({ mode: "reply", message }); }),
      mine && words && !message.forward_origin ? this.item("pen", "Ubah", () => { this.closePop(); this.answer({ mode: "edit", message }); }) : null,
      words ? this.item("copy", "Salin teks", () => { this.closePop(true); navigator.clipboard?.writeText(words).then(() => this.toast("Teks disalin"), () => this.toast("Teks tidak dapat disalin", true)); }) : null,
    ], "small");
    if (box) this.pin(box, opener);
  }

  openCommands() {
    this.pop(this.commandsButton, "Daftar perintah", this.here.commands.map((item) =>
      el("button", { type: "button", onclick: () => { this.act("says", { text: `/${item.command}`, ...this.where() }); this.input.focus(); } }, el("span", {}, el("b", {}, `/${item.command}`), el("br"), el("small", {}, item.description)))));
  }

  nested(label, children) {
    this.popNested = true;
    this.pop(this.attachButton, label, children);
    this.popNested = false;
  }

  openAttach() {
    const pick = (accept, then) => {
      const chooser = el("input", { type: "file", accept });
      chooser.onchange = () => { if (chooser.files[0]) then(chooser.files[0]); };
      chooser.click();
      this.closePop(true);
    };
    const caption = () => { const text = this.input.value.trim(); this.input.value = ""; this.grow(); return text || null; };
    this.caption = caption;
    this.pop(this.attachButton, "Lampirkan", [
      this.item("picture", "Foto contoh", () => this.openSamples(), "Gambar siap pakai"),
      this.item("camera", "Unggah foto", () => pick("image/png,image/jpeg,image/webp", async (file) => this.act("sends_photo", { content: await base64(file), caption: caption(), ...this.where() }))),
      this.inGroup ? null : this.item("file", "Berkas", () => pick("", async (file) => this.act("sends_document", { name: file.name, content: await base64(file), caption: caption(), mime: file.type || "application/octet-stream" }))),
      this.item("pin", "Lokasi", () => this.openPlaces()),
      this.inGroup ? null : this.item("smile", "Stiker", () => this.openStickers()),
      this.inGroup ? null : this.item("voice", "Suara", () => this.act("sends_voice", { duration: 5 }), "Pesan suara contoh, 5 detik"),
      this.inGroup ? null : this.item("person", "Kontak saya", () => this.act("sends_contact")),
    ]);
  }

  openSamples() {
    const send = async (canvas, all) => {
      this.closePop(true);
      const blobs = await Promise.all(all.map((one) => new Promise((resolve) => one.toBlob(resolve, "image/png"))));
      const album = all.length > 1 ? String(Date.now()) : undefined;
      let caption = this.caption();
      for (const blob of blobs) { await this.post("sends_photo", { content: await base64(blob), caption, album, ...this.where() }); caption = null; }
    };
    const pictures = SAMPLES.map((_, number) => drawSample(number));
    this.nested("Foto contoh", [el("h3", {}, "Pilih foto contoh"),
      el("div", { class: "samples" }, pictures.map((canvas, number) => el("button", { type: "button", onclick: () => send(canvas, [canvas]) }, canvas, SAMPLES[number][0]))),
      this.item("album", "Kirim ketiganya sebagai album", () => send(null, pictures))]);
  }

  openPlaces() {
    const send = (lat, lon) => this.act("sends_location", { lat, lon, ...this.where() });
    const box = el("form", { onsubmit: (event) => {
      event.preventDefault();
      const [lat, lon] = ["lintang", "bujur"].map((name) => Number(event.target.elements[name].value.replace(",", ".")));
      if (Math.abs(lat) <= 90 && Math.abs(lon) <= 180) send(lat, lon);
      else this.toast("Koordinat tidak benar.", true);
    } }, el("input", { name: "lintang", "aria-label": "Lintang", placeholder: "Lintang, mis. -6,3946", required: true }),
      el("input", { name: "bujur", "aria-label": "Bujur", placeholder: "Bujur, mis. 106,8227", required: true }), el("button", { class: "main" }, "Kirim"));
    this.nested("Lokasi", [el("h3", {}, "Kirim lokasi"), PLACES.map(([name, lat, lon]) => this.item("pin", name, () => send(lat, lon), `${degrees(lat)}; ${degrees(lon)}`)), el("h3", {}, "Koordinat sendiri"), box]);
  }

  openStickers() {
    this.nested("Stiker", [el("h3", {}, "Pilih stiker"), el("div", { class: "stickers" }, STICKERS.map((emoji) => el("button", { type: "button", "aria-label": `Stiker ${emoji}`, onclick: () => this.act("sends_sticker", { emoji }) }, emoji)))]);
  }

  // -- news ----------------------------------------------------------------------------------------------------------

  hear(event) {
    if (event.kind === "answer") {
      if (event.person_id !== this.person.id) return;
      this.root.querySelectorAll(".busy").forEach((node) => node.classList.remove("busy"));
      if (event.text) { if (event.modal) this.alert(event.text); else this.toast(event.text); }
      return;
    }
    if (event.chat !== this.room) return;
    const near = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 120;
    if (event.kind === "message" || event.kind === "edit") {
      this.log.querySelector(".hello")?.remove();
      if (event.from_bot && event.kind === "message") this.stopTyping();
      this.put(event, event.kind === "message");
      if (event.kind === "message" && event.from_bot && !this.root.isConnected) { this.unread++; showChips(); }
      if (!event.from_bot && event.chat === this.person.id && !this.person.started) { this.person.started = true; this.showFoot(); }
      const mine = !event.from_bot && event.message.from.id === this.person.id;
      if (near || (mine && event.kind === "message")) this.scrollDown();
    } else if (event.kind === "delete") this.drop(event.message_id);
    else if (event.kind === "keyboard") { this.keyboard = event.keyboard; this.folded = false; this.showKeyboard(); if (near) this.scrollDown(); }
    else if (event.kind === "typing") { this.typing(); if (near) this.scrollDown(); }
  }

  typing() {
    this.stopTyping();
    this.typingNode = el("div", { class: "typing", role: "status" }, el("span", { class: "hidden" }, "Bot sedang mengetik"), el("i"), el("i"), el("i"));
    this.log.append(this.typingNode);
    this.typingTimer = setTimeout(() => this.stopTyping(), TYPING_SECONDS * 1000);
  }

  stopTyping() {
    clearTimeout(this.typingTimer);
    this.typingNode?.remove();
    this.typingNode = null;
  }

  toast(words, bad = false) {
    const node = el("div", { class: bad ? "toast bad" : "toast" }, words);
    this.toasts.append(node);
    setTimeout(() => node.remove(), TOAST_MS);
  }

  alert(words) {
    const before = document.activeElement;
    const close = () => { box.remove(); (before?.isConnected ? before : this.input).focus(); };
    const button = el("button", { type: "button", class: "main", onclick: close }, "Oke");
    const box = el("div", { class: "alert", role: "alertdialog", "aria-modal": "true", "aria-label": words, onkeydown: (event) => {
      if (event.key === "Escape") close();
      if (event.key === "Tab") event.preventDefault();
    } }, el("div", {}, el("p", {}, words), button));
    this.root.append(box);
    button.focus();
  }

  scrollDown(atOnce = false) {
    const smooth = !atOnce && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    requestAnimationFrame(() => this.log.scrollTo({ top: this.log.scrollHeight, behavior: smooth ? "smooth" : "auto" }));
  }
}

// -- the whole page --------------------------------------------------------------------------------------------------

const room = () => Math.max(1, Math.min(MAX_COLUMNS, Math.floor(innerWidth / COLUMN_WIDTH)));

function toggle(id) {
  if (room() === 1) chosen = [id];
  else if (chosen.includes(id)) chosen = chosen.filter((other) => other !== id);
  else chosen = [...chosen, id].slice(-room());
  remember();
  layout();
  connect();
}

function onView() {
  const known = new Set(shown.people.map((person) => person.id));
  let ids = chosen.filter((id) => known.has(id)).slice(-room());
  if (!ids.length) ids = shown.people.slice(0, room()).map((person) => person.id);
  return shown.people.map((person) => person.id).filter((id) => ids.includes(id));
}

function layout() {
  const main = document.getElementById("kolom"), ids = onView();
  for (const person of shown.people) {
    if (!ids.includes(person.id) && !columns.has(person.id)) continue;
    if (!columns.has(person.id)) { const column = new Column(person); columns.set(person.id, column); column.load(); }
    columns.get(person.id).update(person);
  }
  const wanted = ids.map((id) => columns.get(id).root);
  if (wanted.length !== main.children.length || wanted.some((node, i) => main.children[i] !== node)) {
    main.replaceChildren(...wanted);
    for (const id of ids) { columns.get(id).unread = 0; columns.get(id).scrollDown(true); }
  }
  if (!ids.length) main.replaceChildren(el("div", { class: "empty" }, el("p", {}, "Belum ada orang di ruang latihan ini. Tekan “Tambah orang” untuk memulai.")));
  showChips();
}

function showChips() {
  const ids = onView(), bar = document.getElementById("orang"), focused = bar.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  bar.replaceChildren(...shown.people.map((person) => {
    const unread = columns.get(person.id)?.unread || 0;
    return el("button", { type: "button", class: "chip", "data-id": String(person.id), "aria-pressed": String(ids.includes(person.id)), title: `${fullName(person)}, ${person.role}`,
      "aria-label": `${fullName(person)}, ${person.role}${unread ? `, ${unread} pesan baru` : ""}`, onclick: () => toggle(person.id) },
      face(fullName(person), person.id), el("span", {}, person.first_name), unread ? el("span", { class: "count" }, String(unread)) : null);
  }));
  if (focused) bar.querySelector(`[data-id="${focused}"]`)?.focus();
}

async function refresh() {
  Object.assign(shown, await getJson("/sim/state"));
  const title = `Ruang latihan ${shown.bot.first_name}`;
  document.getElementById("judul").textContent = document.title = title;
  layout();
}

let refreshing = null;
function refreshSoon() {
  refreshing ??= setTimeout(() => { refreshing = null; refresh().catch(() => {}); }, 60);
}

function status(on) {
  const node = document.getElementById("sambungan");
  node.classList.toggle("on", on);
  const words = on ? "Tersambung" : "Sambungan terputus, mencoba lagi…";
  if (node.textContent !== words) node.textContent = words;
}

function connect() {
  const ids = [...columns.keys()].join(",");
  if (source?.ids === ids && source.readyState !== EventSource.CLOSED) return;
  source?.close();
  source = new EventSource(`/sim/events?people=${ids}`);
  source.ids = ids;
  source.onopen = async () => {
    // what happened while nobody listened is in the state: take it anew, then follow the news
    try { await refresh(); await Promise.all([...columns.values()].map((column) => column.load())); status(true); connect(); } catch { status(false); }
  };
  source.onerror = () => {
    status(false);
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 1500);
  };
  source.onmessage = (packet) => {
    const event = JSON.parse(packet.data);
    if (event.kind === "people" || event.kind === "commands") { refreshSoon(); return; }
    for (const column of columns.values()) column.hear(event);
  };
}

function newPersonDialog() {
  const box = document.getElementById("orang-baru"), form = box.querySelector("form");
  document.getElementById("tambah").addEventListener("click", () => { form.reset(); box.showModal(); });
  box.querySelector("[data-close]").addEventListener("click", () => box.close());
  form.addEventListener("submit", async () => {
    const added = await postJson("/sim/people", { name: form.elements.nama.value.trim() || "Warga", role_label: form.elements.peran.value.trim() || "warga" });
    await refresh();
    if (!onView().includes(added.id)) { chosen = onView(); toggle(added.id); }
    else { layout(); connect(); }
  });
}

addEventListener("resize", () => { layout(); connect(); });
document.addEventListener("pointerdown", (event) => {
  for (const column of columns.values()) {
    if (column.popNode && !column.popNode.contains(event.target) && !column.popOpener?.contains(event.target)) column.closePop();
  }
});
newPersonDialog();
document.getElementById("tambah").prepend(icon("plus"));
refresh().catch(() => {}).finally(connect);
