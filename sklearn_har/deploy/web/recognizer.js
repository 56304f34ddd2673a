// The model in the browser: windows wait in order, and each is recognised in its turn.

import * as ort from "./runtime/ort.wasm.min.mjs";
import { smootherOf } from "./smoother.js";

const PATIENCE = 30; // milliseconds of work after which the page may react
const LONGEST_QUEUE = 600; // windows; beyond, the oldest are left out

ort.env.wasm.numThreads = 1; // more would need headers that plain web servers do not send
ort.env.wasm.wasmPaths = new URL("runtime/", import.meta.url).href;

export class Recognizer {
  /**
   * @param {Object} settings what recognizer.json says
   * @param {ort.InferenceSession} session
   */
  constructor(settings, session) {
    this.settings = settings;
    this.session = session;
    this.queue = [];
    this.working = null;
    this.leftOut = 0;
    this.beginsRun = false; // a window that did was left out
    this.milliseconds = []; // of the last windows
    this.smoother = smootherOf(settings.smoother);
    this.stop = null; // of the window before
  }

  static async load(settings) {
    const session = await ort.InferenceSession.create(settings.model, { executionProviders: ["wasm"] });
    const recognizer = new Recognizer(settings, session);
    await recognizer.check();
    return recognizer;
  }

  /** Compare with what was said of a test window when the page was made. */
  async check() {
    const { windows, output } = this.settings.test;
    const found = await this.outputsOf(Float32Array.from(windows));
    this.difference = Math.max(...output.map((value, label) => Math.abs(value - found[label])));
    if (!(this.difference <= this.settings.tolerance * Math.max(1, ...output.map(Math.abs)))) {
      throw new Error(`On this device the model computes something else than where it was made (${this.difference}).`);
    }
  }

  /** Have a window recognised after those that wait; `tell` gets it with what is said of it. */
  add(window, tell) {
    this.queue.push([window, tell]);
    if (this.queue.length > LONGEST_QUEUE) {
      this.leaveOut(1);
      this.leftOut++;
    }
    this.working ??= this.work().finally(() => (this.working = null));
  }

  /** Forget the windows that wait. */
  forget() {
    this.leaveOut(this.queue.length);
  }

  leaveOut(count) {
    const windows = this.queue.splice(0, count);
    this.beginsRun ||= windows.some(([{ beginsRun }]) => beginsRun);
  }

  /** Resolves when no window waits. */
  async idle() {
    while (this.working) await this.working;
  }

  async work() {
    let since = performance.now();
    while (this.queue.length) {
      const [window, tell] = this.queue.shift();
      window.beginsRun ||= this.beginsRun;
      this.beginsRun = false;
      const began = performance.now();
      const outputs = await this.outputsOf(window.values);
      this.milliseconds.push(performance.now() - began);
      if (this.milliseconds.length > 1000) this.milliseconds.shift();
      tell({ ...window, outputs, ...this.said(window, outputs) });
      if (performance.now() - since > PATIENCE) {
        await new Promise((resolve) => setTimeout(resolve));
        since = performance.now();
      }
    }
  }

  async outputsOf(values) {
    const { n_timesteps: length, channels, output } = this.settings;
    const window = new ort.Tensor("float32", values, [1, length, channels.length]);
    const found = await this.session.run({ windows: window }, [output]);
    return Array.from(found[output].data);
  }

  /** The activity, and how sure that is: a probability, where the model has any. */
  said({ stop, beginsRun }, outputs) {
    const { classes, has_probabilities: hasProbabilities, smoother } = this.settings;
    const best = outputs.indexOf(Math.max(...outputs));
    if (!this.smoother) return { label: classes[best], confidence: hasProbabilities ? outputs[best] : null };
    if (beginsRun) this.smoother.reset();
    const probabilities = hasProbabilities ? outputs : outputs.map((_, label) => Number(label === best));
    const read = smoother.columns.map((column) => (column === null ? 0 : probabilities[column]));
    const smoothed = this.smoother.step(read, beginsRun ? 0 : stop - this.stop);
    this.stop = stop;
    const confidence = Math.max(...smoothed);
    const label = smoother.classes[smoothed.indexOf(confidence)];
    return { label, confidence: smoother.kind === "HMMSmoother" ? confidence : null };
  }
}
