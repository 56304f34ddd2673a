// Rows at the times of a phone onto a regular grid, as `resample` of sklearn-har does: values lie on the line
// between the rows around them; rows that come faster than the grid are low-passed first; nothing is drawn
// across a gap. Value for value what GridStream of the library gives.

const ROUNDING = 1e-3; // ticks; rows this near to a tick are on it
const SAME_RATE = 0.05;
const STEPS_FOR_RATE = 16;
const SHORTEST_GAP = 0.1; // seconds
const GAP_INTERVALS = 5;

/** Rows per second, from their first times: the middle of the steps. */
export function rateOf(times) {
  return 1 / medianOf(times.slice(1).map((time, row) => time - times[row]));
}

export function medianOf(values) {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** How many times as fine a grid rows are put on before it is thinned; 1 to interpolate only. */
export function thinning(rowRate, gridRate) {
  return Math.max(1, Math.ceil(rowRate / gridRate - SAME_RATE));
}

function rounded(position) {
  const whole = Math.round(position);
  return Math.abs(position - whole) < ROUNDING ? whole : position;
}

function between(start, stop, weight) {
  return start.map((value, channel) => (stop[channel] - value) * weight + value);
}

/** One recording on its way onto the grid `first time + k / rate`. */
export class Grid {
  /**
   * @param {number} rate of the grid, in Hz
   * @param {Object<string, number[]>} filters taps of the low-pass for each factor above 1
   * @param {function(number, Float64Array)} emit takes the number of a tick and its values
   */
  constructor(rate, filters, emit) {
    this.rate = rate;
    this.rowRate = null; // known after the first rows
    this.filters = filters;
    this.emit = emit;
    this.waiting = []; // the first rows, until their rate is known
    this.origin = null;
    this.last = null;
  }

  /** Take a row; its time is after that of the row before. */
  push(time, values) {
    if (this.rowRate !== null) {
      this.place(time, values);
      return;
    }
    this.waiting.push([time, values]);
    if (this.waiting.length > STEPS_FOR_RATE) this.begin();
  }

  /** The recording ends. */
  finish() {
    if (this.waiting.length) this.begin();
    if (this.last !== null) this.endRun();
  }

  begin() {
    const times = this.waiting.map(([time]) => time);
    this.rowRate = times.length > 1 ? rateOf(times) : this.rate;
    this.longest = Math.max(SHORTEST_GAP, GAP_INTERVALS / this.rowRate) * (1 + 1e-9);
    this.factor = thinning(this.rowRate, this.rate);
    if (this.factor > 1 && !(this.factor in this.filters)) {
      throw new RangeError(`This phone gives ${this.rowRate.toFixed(0)} rows a second, more than was expected.`);
    }
    const rows = this.waiting;
    this.waiting = [];
    for (const [time, values] of rows) this.place(time, values);
  }

  place(time, values) {
    this.origin ??= time;
    const exact = (time - this.origin) * this.rate;
    if (this.last === null || time - this.last.time > this.longest) {
      if (this.last !== null) this.endRun();
      this.thinner = this.factor > 1 ? new Thinner(this.filters[this.factor], this.factor, exact, this.emit) : null;
    } else {
      this.ticksUntil(rounded(exact * this.factor), values);
    }
    this.last = { time, values, exact, position: rounded(exact * this.factor) };
  }

  /** Ticks from the row before on, and before this one. */
  ticksUntil(position, values) {
    const before = this.last;
    for (let tick = Math.ceil(before.position); tick < Math.ceil(position); tick++) {
      const weight = Math.min(1, Math.max(0, (tick - before.position) / (position - before.position)));
      this.give(tick, between(before.values, values, weight));
    }
  }

  give(tick, values) {
    if (this.thinner) this.thinner.push(tick, values);
    else this.emit(tick, values);
  }

  endRun() {
    if (Number.isInteger(this.last.position)) this.give(this.last.position, this.last.values);
    if (this.thinner) this.thinner.end(this.last.exact, this.last.values);
  }
}

/** One run on a fine grid, low-passed by a symmetric filter of which every `factor`-th value is computed. */
class Thinner {
  constructor(taps, factor, position, emit) {
    this.taps = taps;
    this.factor = factor;
    this.half = taps.length >> 1;
    this.emit = emit;
    this.wanted = Math.ceil(rounded(position) - ROUNDING); // next tick of the grid
    this.first = null; // first tick of the fine grid
    this.rows = [];
    this.offset = null; // of rows, from half a filter before the first; null until that is made up
    this.value = null;
  }

  push(tick, values) {
    this.first ??= tick;
    this.rows.push(values);
    if (this.offset === null && this.rows.length > this.half) {
      this.rows = mirrored(this.rows, this.half, 0);
      this.offset = 0;
    }
    this.filter();
  }

  end(position, values) {
    if (this.first !== null) {
      this.rows = mirrored(this.rows, this.offset === null ? this.half : 0, this.half);
      this.offset ??= 0;
      this.filter();
    }
    const stop = Math.floor(rounded(position) + ROUNDING);
    while (this.wanted <= stop) this.emit(this.wanted++, this.value ?? values);
  }

  filter() {
    if (this.offset === null) return;
    const lead = this.wanted * this.factor < this.first ? 1 : 0; // rounding put a tick before the fine grid
    let begin = (this.wanted + lead) * this.factor - this.first - this.offset;
    const spare = this.rows.length - this.taps.length;
    if (begin > spare) return;
    for (let more = lead; begin <= spare; begin += this.factor, more = 0) {
      this.value = this.filtered(begin);
      for (let tick = 0; tick <= more; tick++) this.emit(this.wanted++, this.value);
    }
    this.rows = this.rows.slice(begin);
    this.offset += begin;
  }

  filtered(begin) {
    const sums = new Float64Array(this.rows[begin].length);
    this.taps.forEach((tap, number) => {
      const row = this.rows[begin + number];
      for (let channel = 0; channel < sums.length; channel++) sums[channel] += tap * row[channel];
    });
    return sums;
  }
}

/** Rows lengthened by their mirror image, turned about the end point. */
function mirrored(rows, before, after) {
  const last = rows.length - 1;
  const at = (number) => {
    if (last === 0) return rows[0];
    if (number < 0) return turned(rows[0], at(-number));
    if (number > last) return turned(rows[last], at(2 * last - number));
    return rows[number];
  };
  return Array.from({ length: before + rows.length + after }, (_, number) => at(number - before));
}

function turned(about, values) {
  return about.map((value, channel) => 2 * value - values[channel]);
}
