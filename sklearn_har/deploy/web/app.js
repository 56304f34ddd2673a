// The page: from a tap on Start to decisions, until a tap on Stop.

import { wrongWith, wrongWithRate } from "./checks.js";
import { Diary } from "./diary.js";
import { Recognizer } from "./recognizer.js";
import { accelerationSign, missingSensors, rowOf } from "./sensors.js";
import { View } from "./view.js";
import { Cutter } from "./windows.js";

const SILENCE = 3000; // milliseconds without motion that are said
const DRAW_EVERY = 250; // milliseconds
const BEHIND = 10; // seconds

const SENTENCES = {
  insecure:
    "Browsers give motion to secure pages only. Open this page over HTTPS; on the computer that serves it, localhost will do.",
  noEvents: "This browser has no motion events. Open the page on a phone.",
  refused:
    "Motion was refused, so there is nothing to recognise. Allow motion for this site in the browser's settings " +
    "(on an iPhone: close the page, open it again, tap Start and Allow), then tap Start.",
  noSensors:
    "No motion came. This device has no motion sensors, or the browser's settings turn them off for this site.",
  silent: "The sensors fell silent. If that lasts, tap Stop and Start.",
  kept: "From now on the page works without a network.",
  newer: "There is a newer version of this page: close it in every tab, then open it again.",
};

class Page {
  constructor(settings) {
    this.settings = settings;
    this.sources = settings.channels.map(({ source }) => source);
    this.sign = accelerationSign(navigator);
    this.diary = new Diary(settings.channels.map(({ name }) => name));
    this.view = new View(settings, (episode, said) => {
      episode.said = said;
      this.draw();
    });
    this.cutter = null; // while it runs
    this.warnings = {};
    this.hear = (event) => this.motion(event);
  }

  async load() {
    this.recognizer = await Recognizer.load(this.settings);
    this.view.idle("Ready");
    this.view.button("Start");
    this.facts();
  }

  /** Say something that matters while nothing goes on. */
  remark(text) {
    if (this.diary.recordings.length === 0) this.view.status(text);
  }

  /** Show a warning, or take it back with null; those of other kinds stay. */
  warn(kind, text) {
    this.warnings[kind] = text;
    this.view.alert(Object.values(this.warnings).filter(Boolean).join(" ") || null);
  }

  async toggle() {
    if (this.cutter) this.stop();
    else await this.start();
  }

  async start() {
    this.warnings = {};
    this.warn("motion", null);
    this.view.button("Start", false);
    const refusal = await askForMotion();
    if (refusal) {
      this.view.button("Start");
      this.warn("motion", refusal);
      return;
    }
    await this.recognizer.idle(); // windows of the recording before
    this.latest = null;
    this.begin();
    this.heardAt = performance.now();
    this.heardAny = this.isSilent = false;
    this.isFirstWindow = true;
    this.cutter = new Cutter(
      this.settings,
      (window) => {
        const { diary } = this;
        this.recognizer.add(window, (decision) => diary === this.diary && this.decided(decision));
      },
      (time, values) => this.diary.record(time, values),
    );
    this.lastCutter = this.cutter;
    addEventListener("devicemotion", this.hear);
    this.watch = setInterval(() => this.lookAtSilence(), 500);
    this.view.button("Stop");
    this.view.idle("Listening…");
    const { n_timesteps: length, rate } = this.settings;
    this.view.status(`The first answer needs ${(length / rate).toFixed(1)} seconds.`);
    this.keepAwake();
  }

  /** Another recording; clocks of browsers stand still while a phone sleeps, so each has its own beginning. */
  begin() {
    this.diary.begin((Date.now() - performance.now()) / 1000);
  }

  stop(text = "Stopped", status = "Your recording is below.") {
    removeEventListener("devicemotion", this.hear);
    clearInterval(this.watch);
    this.cutter = null;
    this.lastCutter.finish();
    this.wakeLock?.release();
    this.view.button("Start");
    this.view.idle(text);
    this.view.status(status);
    this.draw();
  }

  motion(event) {
    const { time, values } = rowOf(event, this.sources, this.sign);
    const missing = missingSensors(values, this.sources);
    if (missing.length && !this.heardAny) {
      this.missing = missing;
    } else if (!this.heardAny) {
      this.heardAny = true;
    }
    try {
      if (this.cutter.push(time, values)) this.heardAt = performance.now();
    } catch (error) {
      this.stop("Not available", "");
      this.warn("motion", error.message);
    }
  }

  lookAtSilence() {
    this.facts();
    const silence = performance.now() - this.heardAt;
    if (document.hidden || silence < SILENCE) {
      if (this.isSilent && silence < SILENCE) this.warn("motion", null);
      this.isSilent = false;
      return;
    }
    if (this.heardAny) {
      this.isSilent = true;
      this.view.idle("No motion");
      this.warn("motion", SENTENCES.silent);
    } else {
      const some = this.missing?.length < new Set(this.sources.map((source) => source.split(".")[0])).size;
      this.stop("No motion", "");
      this.warn(
        "motion",
        some
          ? `This device gives no values of its ${this.missing.join(" and ")}, which this recognizer needs.`
          : SENTENCES.noSensors,
      );
    }
  }

  decided(decision) {
    if (this.isFirstWindow && decision.nRecorded === this.settings.n_timesteps) {
      this.isFirstWindow = false;
      const wrong = [
        wrongWith(decision.values, this.sources.length, this.settings.gravity),
        wrongWithRate(this.lastCutter.grid.rowRate, this.settings.rate),
      ].filter(Boolean);
      this.warn("window", wrong.join(" "));
    }
    this.diary.decide(decision);
    this.latest = decision;
    this.drawing ??= setTimeout(() => this.draw(), DRAW_EVERY);
    document.dispatchEvent(new CustomEvent("recognised", { detail: decision }));
  }

  draw() {
    clearTimeout(this.drawing);
    this.drawing = null;
    if (this.cutter && this.latest && !this.isSilent) {
      this.view.decision(this.latest);
      this.view.status(this.delay());
    }
    this.view.diary(this.diary);
    this.facts();
  }

  delay() {
    const behind = (this.recognizer.queue.length * this.settings.step) / this.settings.rate;
    const leftOut = this.recognizer.leftOut ? ` ${this.recognizer.leftOut} windows were left out.` : "";
    return behind > BEHIND || leftOut
      ? `This device is slower than the recognizer: what you see is ${behind.toFixed(0)} s old.${leftOut}`
      : "";
  }

  /** Phones stop their sensors with the screen; those that can are asked to leave it on. */
  async keepAwake() {
    this.wakeLock = await navigator.wakeLock?.request("screen").catch(() => null);
    if (!this.cutter) this.wakeLock?.release(); // it was stopped meanwhile
  }

  visibility() {
    if (!this.cutter) return;
    if (document.hidden) {
      this.hiddenAt = performance.now();
      return;
    }
    this.heardAt = performance.now();
    const seconds = Math.round((this.heardAt - this.hiddenAt) / 1000);
    this.warn(
      "hidden",
      `The page was hidden for ${seconds} s. Phones give no motion then, so that time is missing: keep the page open.`,
    );
    this.keepAwake();
  }

  download() {
    const parts = Array.from(this.diary.csv(), (text) => new Blob([text])); // which browsers put on disk
    const url = URL.createObjectURL(new Blob(parts, { type: "text/csv" }));
    const link = document.createElement("a");
    link.href = url;
    const now = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
    link.download = `recording-${now}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }

  forget() {
    if (!confirm("Delete what was recorded?")) return;
    this.recognizer.forget();
    this.latest = null;
    this.diary = new Diary(this.diary.channels);
    if (this.cutter) this.begin();
    this.draw();
  }

  facts() {
    const { channels, rate, n_timesteps: length, step, classes, library_version: version } = this.settings;
    const { milliseconds, difference } = this.recognizer;
    const { grid, intake } = this.lastCutter ?? {};
    const middle = [...milliseconds].sort((a, b) => a - b)[milliseconds.length >> 1];
    this.view.facts([
      ["Activities", classes.map((label) => label.replaceAll("_", " ")).join(", ")],
      ["Reads", channels.map(({ name }) => name).join(", ")],
      ["Windows", `${(length / rate).toFixed(2)} s at ${rate.toFixed(1)} Hz, every ${(step / rate).toFixed(2)} s`],
      ["This device", grid?.rowRate ? `${grid.rowRate.toFixed(0)} rows a second` : "not measured yet"],
      ["One window", middle === undefined ? "not measured yet" : `${middle.toFixed(1)} ms`],
      ["Rows not used", intake ? `${intake.counts.missing} missing, ${intake.counts.late} late` : "none"],
      ["Agreement", `test window within ${difference.toExponential(0)}`],
      ["Made with", `sklearn-har ${version}`],
    ]);
  }
}

/** Ask for motion where the browser wants to be asked; a sentence comes back if there is none. */
async function askForMotion() {
  if (!isSecureContext) return SENTENCES.insecure;
  if (!("DeviceMotionEvent" in window)) return SENTENCES.noEvents;
  if (typeof DeviceMotionEvent.requestPermission !== "function") return null;
  const answer = await DeviceMotionEvent.requestPermission().catch(() => "denied");
  return answer === "granted" ? null : SENTENCES.refused;
}

/** Have the page kept for use without a network; tell when it is, and when another version of it waits. */
async function keep(tell) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const registration = await serviceWorker.register("worker.js", { updateViaCache: "none" });
  const look = () => {
    if (registration.waiting && registration.active) tell(SENTENCES.newer);
  };
  registration.addEventListener("updatefound", () => registration.installing.addEventListener("statechange", look));
  await serviceWorker.ready;
  tell(SENTENCES.kept);
  look();
}

async function main() {
  try {
    const answer = await fetch("recognizer.json");
    if (!answer.ok) throw new Error(`the server has no recognizer.json (${answer.status}).`);
    const page = new Page(await answer.json());
    await page.load();
    document.getElementById("toggle").addEventListener("click", () => page.toggle());
    document.getElementById("download").addEventListener("click", () => page.download());
    document.getElementById("delete").addEventListener("click", () => page.forget());
    document.addEventListener("visibilitychange", () => page.visibility());
    addEventListener("beforeunload", (event) => {
      if (page.diary.rowCount) event.preventDefault();
    });
    keep((text) => page.remark(text)).catch((error) => console.warn(error));
  } catch (error) {
    document.getElementById("activity").textContent = "Not available";
    const alert = document.getElementById("alert");
    alert.hidden = false;
    alert.textContent = `The recognizer could not be loaded: ${error.message}`;
  }
}

main();
