// From rows to windows, as StreamingRecognizer of sklearn-har cuts them: the last window of a run ends with it,
// and a run that is shorter than a window is one, in which its last row is repeated.

import { Grid } from "./grid.js";

const LARGEST = 1e15; // of a value; beyond, it is taken for a mark of no reading

/** Rows as the sensors give them, in order: those that cannot be used are left out and counted. */
export class Intake {
  /** @param {function(number, Float64Array)} take gets rows whose times increase */
  constructor(take) {
    this.take = take;
    this.counts = { rows: 0, missing: 0, late: 0, repeated: 0 };
    this.held = null; // the last row; what has its time is averaged with it
  }

  /** Take a row; true if time goes on with it. */
  push(time, values) {
    this.counts.rows++;
    if (!values.every((value) => Math.abs(value) < LARGEST) || !Number.isFinite(time)) this.counts.missing++;
    else if (this.held !== null && time < this.held.time) this.counts.late++;
    else if (this.held !== null && time === this.held.time) {
      this.counts.repeated++;
      this.held.count++;
      this.held.sum = this.held.sum.map((value, channel) => value + values[channel]);
    } else {
      this.finish();
      this.held = { time, sum: values, count: 1 };
      return true;
    }
    return false;
  }

  finish() {
    if (this.held === null) return;
    const { time, sum, count } = this.held;
    this.held = null;
    this.take(time, sum.map((value) => value / count));
  }
}

/** Rows of one recording into windows. */
export class Cutter {
  /**
   * @param {{rate: number, n_timesteps: number, step: number, filters: Object}} settings of the recognizer
   * @param {function(Object)} decide gets windows: values (float32, row by row), start and stop on
   *     the clock of the rows, whether it begins a run, and how many of its rows were recorded
   * @param {function(number, Float64Array)} record gets rows that are used, at their own times
   */
  constructor(settings, decide, record = () => {}) {
    this.settings = settings;
    this.decide = decide;
    this.grid = new Grid(settings.rate, settings.filters, (tick, values) => this.tick(tick, values));
    this.intake = new Intake((time, values) => {
      record(time, values);
      this.grid.push(time, values);
    });
    this.begin();
  }

  push(time, values) {
    return this.intake.push(time, values);
  }

  finish() {
    this.intake.finish();
    this.grid.finish();
    this.endRun();
  }

  begin() {
    this.rows = [];
    this.lastTick = null;
    this.next = 0; // first row of the next window
    this.gone = 0; // rows of the run that are no longer kept
  }

  tick(tick, values) {
    if (this.lastTick !== null && tick !== this.lastTick + 1) this.endRun();
    this.lastTick = tick;
    this.rows.push(values);
    const { n_timesteps: length, step } = this.settings;
    if (this.gone + this.rows.length - this.next < length) return;
    this.cut(this.next, length);
    this.next += step;
    const spare = this.rows.length - length;
    if (spare > 0) {
      this.rows.splice(0, spare);
      this.gone += spare;
    }
  }

  endRun() {
    const { n_timesteps: length, step } = this.settings;
    const last = this.gone + this.rows.length - length;
    if (this.lastTick !== null && (last < 0 || this.next - step < last)) {
      this.cut(Math.max(last, 0), Math.min(length, this.rows.length));
    }
    this.begin();
  }

  cut(first, nRecorded) {
    const { n_timesteps: length, rate } = this.settings;
    const rows = this.rows.slice(first - this.gone, first - this.gone + nRecorded);
    const values = new Float32Array(length * rows[0].length);
    for (let row = 0; row < length; row++) {
      values.set(rows[Math.min(row, nRecorded - 1)], row * rows[0].length);
    }
    const ticksBehind = this.gone + this.rows.length - first; // from the first row to after the last one
    const start = this.grid.origin + (this.lastTick + 1 - ticksBehind) / rate;
    this.decide({ values, start, stop: start + nRecorded / rate, beginsRun: first === 0, nRecorded });
  }
}
