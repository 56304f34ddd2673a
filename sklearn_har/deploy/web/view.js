// What is seen: everything that changes the document.

const MINUTES = 5;
const SHOWN = 8; // episodes at first, and more at a time; the file has all
const SPEAK_EVERY = 5000; // milliseconds, at most
const SOMETHING_ELSE = "\n"; // no label of a class

const element = (id) => document.getElementById(id);

export const words = (label) => label.replaceAll("_", " ");

/** 83 -> "1 min 23 s". */
export function duration(seconds) {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes === 0) return `${whole} s`;
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export class View {
  /** @param {Object} settings of recognizer.json; correct is called with an episode and what it was. */
  constructor(settings, correct) {
    this.settings = settings;
    this.correct = correct;
    this.items = new Map(); // of episodes
    this.shown = SHOWN;
    element("older").addEventListener("click", () => {
      this.shown += SHOWN;
      this.diary(this.drawn);
    });
    this.spokenAt = -Infinity;
    document.title = element("title").textContent = settings.title;
  }

  colour(label) {
    const at = this.settings.classes.indexOf(label);
    return at < 0 ? "var(--quiet)" : `var(--activity-${at % 12})`;
  }

  status(text) {
    element("status").textContent = text;
  }

  alert(text) {
    element("alert").hidden = text === null;
    element("alert").textContent = text ?? "";
  }

  idle(text) {
    element("activity").textContent = text;
    element("confidence").hidden = true;
  }

  button(text, enabled = true) {
    element("toggle").textContent = text;
    element("toggle").disabled = !enabled;
  }

  decision({ label, confidence }) {
    const text = words(label);
    element("activity").textContent = text;
    element("confidence").hidden = confidence === null;
    if (confidence !== null) {
      element("confidence-text").textContent = `${Math.round(100 * confidence)} %`;
      element("confidence-bar").style.width = `${100 * confidence}%`;
    }
    this.speak(text);
  }

  /** For screen readers: a new activity, not every window of it. */
  speak(text) {
    const now = performance.now();
    if (element("spoken").textContent === text || now - this.spokenAt < SPEAK_EVERY) return;
    element("spoken").textContent = text;
    this.spokenAt = now;
  }

  diary(diary) {
    this.drawn = diary;
    this.timeline(diary.episodes);
    this.totals(diary.secondsOf());
    this.episodes(diary.episodes.slice(-this.shown));
    element("older").hidden = diary.episodes.length <= this.shown;
    const rows = diary.rowCount;
    element("amount").textContent = rows
      ? `${rows.toLocaleString("en")} rows in ${diary.recordings.length} recording${diary.recordings.length > 1 ? "s" : ""}.`
      : "Nothing was recorded yet.";
    element("download").disabled = element("delete").disabled = rows === 0;
  }

  timeline(episodes) {
    const now = episodes.at(-1)?.stop ?? 0;
    const from = now - 60 * MINUTES;
    const shapes = episodes
      .filter(({ stop }) => stop > from)
      .map(({ start, stop, label, said }) => {
        const shape = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        const left = Math.max(start, from);
        shape.setAttribute("x", left - from);
        shape.setAttribute("width", stop - left);
        shape.setAttribute("height", 20);
        shape.style.fill = this.colour(said ?? label);
        return shape;
      });
    element("timeline").replaceChildren(...shapes);
  }

  totals(seconds) {
    element("times").hidden = seconds.size === 0;
    const longestFirst = [...seconds].sort((a, b) => b[1] - a[1]);
    element("totals").replaceChildren(
      ...longestFirst.map(([label, time]) => {
        const row = document.createElement("tr");
        const name = document.createElement("th");
        name.scope = "row";
        name.append(this.swatch(label), words(label));
        row.append(name, textElement("td", duration(time)));
        return row;
      }),
    );
  }

  swatch(label) {
    const swatch = document.createElement("span");
    swatch.className = "swatch";
    swatch.style.background = this.colour(label);
    return swatch;
  }

  /** Each episode keeps its place in the document, so that whoever is choosing is not disturbed. */
  episodes(episodes) {
    element("no-episodes").hidden = episodes.length > 0;
    for (const episode of this.items.keys()) {
      if (!episodes.includes(episode)) {
        this.items.get(episode).remove();
        this.items.delete(episode);
      }
    }
    let next = null; // the item of the episode before, which comes after in the document
    for (const episode of episodes) {
      if (!this.items.has(episode)) {
        this.items.set(episode, this.item(episode));
        element("episodes").insertBefore(this.items.get(episode), next);
      }
      this.describe(episode);
      next = this.items.get(episode);
    }
  }

  item(episode) {
    const item = document.createElement("li");
    const choice = document.createElement("select");
    const labels = this.settings.classes.filter((label) => label !== episode.label);
    choice.append(
      new Option("right?", ""),
      new Option("yes", episode.label),
      ...labels.map((label) => new Option(`no, ${words(label)}`, label)),
      new Option("no, something else…", SOMETHING_ELSE),
    );
    choice.addEventListener("change", () => this.chosen(episode, choice));
    const what = document.createElement("span");
    what.className = "what";
    item.append(what, textElement("span", "", "when"), choice);
    return item;
  }

  chosen(episode, choice) {
    let said = choice.value;
    if (said === SOMETHING_ELSE) {
      said = prompt("What was it?")?.trim();
      if (!said) {
        choice.value = episode.said ?? "";
        return;
      }
      if (![...choice.options].some((option) => option.value === said)) {
        choice.add(new Option(`no, ${words(said)}`, said), choice.options.length - 1);
      }
      choice.value = said;
    }
    this.correct(episode, said === "" ? null : said);
  }

  describe(episode) {
    const { origin, start, stop, label, said } = episode;
    const item = this.items.get(episode);
    const isCorrected = said !== null && said !== label;
    const time = new Date(1000 * (origin + start)).toLocaleTimeString([], { hour12: false });
    const text = `${time}, ${duration(stop - start)}`;
    item.classList.toggle("corrected", isCorrected);
    const [what, when, choice] = item.children;
    const shown = `${said}`;
    if (what.dataset.shown !== shown) {
      what.dataset.shown = shown;
      const recognised = isCorrected ? textElement("s", words(label)) : words(label);
      what.replaceChildren(this.swatch(said ?? label), ...(isCorrected ? [words(said), " "] : []), recognised);
      choice.setAttribute("aria-label", `${words(label)} at ${time}: is it right?`);
    }
    if (when.textContent !== text) when.textContent = text;
  }

  facts(pairs) {
    const text = pairs.flat().join("");
    if (element("facts").textContent === text) return; // leave alone what somebody may be reading
    element("facts").replaceChildren(
      ...pairs.flatMap(([name, value]) => [textElement("dt", name), textElement("dd", value)]),
    );
  }
}

function textElement(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}
