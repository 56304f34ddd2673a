// What was recorded and said: rows, decisions, corrections; and the CSV of it all.

const ROWS_PER_BLOCK = 4096;

/** Rows with their times, in blocks that never move; 32 bits are more than a phone's sensors have. */
class Rows {
  constructor(origin, width) {
    this.origin = origin;
    this.width = width;
    this.length = 0;
    this.blocks = [];
  }

  push(time, values) {
    const at = this.length % ROWS_PER_BLOCK;
    if (at === 0) {
      const size = ROWS_PER_BLOCK;
      this.blocks.push({ times: new Float64Array(size), values: new Float32Array(size * this.width) });
    }
    const block = this.blocks.at(-1);
    block.times[at] = time;
    block.values.set(values, at * this.width);
    this.length++;
  }

  at(row) {
    const from = (row % ROWS_PER_BLOCK) * this.width;
    const { times, values } = this.blocks[Math.floor(row / ROWS_PER_BLOCK)];
    return [times[row % ROWS_PER_BLOCK], ...values.subarray(from, from + this.width)];
  }
}

/**
 * One recording after another, each from a start to a stop.
 *
 * A decision stands for the time since the window before it ended; that of the first window of a run for all of
 * the window. Neighbours of one activity are one episode.
 */
export class Diary {
  constructor(channels) {
    this.channels = channels;
    this.recordings = [];
    this.episodes = [];
  }

  /** @param {number} origin seconds since 1970 at which the clock of the rows began */
  begin(origin) {
    this.recordings.push(new Rows(origin, this.channels.length));
    this.stop = null; // when the last decision ended
  }

  record(time, values) {
    this.recordings.at(-1).push(time, values);
  }

  /** Take a decision; the episode that it is part of comes back. */
  decide({ start, stop, beginsRun, label }) {
    const recording = this.recordings.length;
    const from = beginsRun || this.stop === null ? start : Math.max(start, this.stop); // some may be left out
    this.stop = stop;
    const last = this.episodes.at(-1);
    if (last?.label === label && last.recording === recording && last.stop === from && last.said === null) {
      last.stop = stop;
      return last;
    }
    const episode = { recording, origin: this.recordings.at(-1).origin, start: from, stop, label, said: null };
    this.episodes.push(episode);
    return episode;
  }

  /** Seconds of each activity, those that were corrected as the person says. */
  secondsOf() {
    const seconds = new Map();
    for (const { start, stop, label, said } of this.episodes) {
      seconds.set(said ?? label, (seconds.get(said ?? label) ?? 0) + stop - start);
    }
    return seconds;
  }

  get rowCount() {
    return this.recordings.reduce((sum, rows) => sum + rows.length, 0);
  }

  /**
   * Parts of a table that `recordings_from_table` reads: recording, time (seconds since 1970), channels,
   * `recognised`, and `activity`, which is what the person says and empty where nothing was said.
   */
  *csv() {
    yield ["recording", "time", ...this.channels, "recognised", "activity"].map(quoted).join(",") + "\n";
    for (const [number, rows] of this.recordings.entries()) {
      const mine = this.episodes.filter(({ recording }) => recording === number + 1);
      let next = 0; // episode
      const lines = [];
      for (let row = 0; row < rows.length; row++) {
        const [time, ...values] = rows.at(row);
        while (next < mine.length && mine[next].stop <= time) next++;
        const episode = next < mine.length && mine[next].start <= time ? mine[next] : null;
        const words = [episode?.label ?? "", episode?.said ?? ""].map(quoted);
        lines.push([number + 1, (rows.origin + time).toFixed(6), ...values.map(short), ...words].join(","));
        if (lines.length === ROWS_PER_BLOCK || row === rows.length - 1) yield lines.splice(0).join("\n") + "\n";
      }
    }
  }
}

function short(value) {
  return Number(value.toPrecision(7));
}

function quoted(text) {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
