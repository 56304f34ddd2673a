// Whether a phone gives what the recognizer was fitted on: gravity tells, and how often rows come.

import { medianOf } from "./grid.js";

const TURNED = 30; // degrees beyond what was seen in fit
const OTHER_LENGTH = 2; // times as long, or as short
const TOO_SLOW = 0.8; // of the rate of fit

/** What is wrong with the rate at which rows come, in a sentence; null if nothing is. */
export function wrongWithRate(rowRate, rate) {
  if (rowRate >= TOO_SLOW * rate) return null;
  return (
    `This device gives ${rowRate.toFixed(0)} rows a second; the recognizer was fitted with ${rate.toFixed(0)}. ` +
    "Quick movements are lost: do not trust what it says."
  );
}

/**
 * What is wrong with the first window of a recording, in a sentence; null if nothing is.
 *
 * @param {Float32Array} values row by row
 * @param {number} nChannels
 * @param {Object[]} gravity of the rows of fit, one entry for each accelerometer
 */
export function wrongWith(values, nChannels, gravity) {
  for (const { channels, length, directions, widest } of gravity) {
    const size = medianLength(values, channels, nChannels);
    if (size < length / OTHER_LENGTH || size > length * OTHER_LENGTH) {
      return (
        `The phone measures a gravity of ${size.toFixed(1)} m/s²; the recognizer was fitted with ` +
        `${length.toFixed(1)}. Do not trust what it says.`
      );
    }
    const mean = channels.map((channel) => meanOf(values, channel, nChannels));
    const angle = Math.min(...directions.map((direction) => angleBetween(mean, direction)));
    if (angle > widest + TURNED) {
      return (
        `The phone is held ${angle.toFixed(0)}° from every position that the recognizer knows ` +
        `(${widest.toFixed(0)}° was usual). Wear it as those did whose recordings it was fitted on.`
      );
    }
  }
  return null;
}

function medianLength(values, channels, nChannels) {
  const lengths = [];
  for (let row = 0; row < values.length; row += nChannels) {
    lengths.push(Math.hypot(...channels.map((channel) => values[row + channel])));
  }
  return medianOf(lengths);
}

function meanOf(values, channel, nChannels) {
  let sum = 0;
  for (let at = channel; at < values.length; at += nChannels) sum += values[at];
  return (sum * nChannels) / values.length;
}

function angleBetween(a, b) {
  const cosine = (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / (Math.hypot(...a) * Math.hypot(...b));
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
}
