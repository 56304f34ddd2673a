// From the events of a phone's sensors to rows of the channels that a recognizer reads, in m/s² and rad/s.
//
// Axes are those of the W3C's DeviceOrientation Event Specification, which are Android's: x to the right of
// the screen, y to its top, z out of it. At rest, the acceleration including gravity points up: a phone that
// lies on its back reads z = +9.8. rotationRate's alpha, beta and gamma are about x, y and z, right-handed, in
// degrees per second (the specification was brought to what browsers do: w3c/deviceorientation, issue 44).
//
// WebKit on iOS and iPadOS hands on Core Motion's accelerations, which have the opposite sign on all three
// axes (the same phone reads z = -9.8); its rotation rates agree. Every browser on iOS is WebKit.

const RADIANS = Math.PI / 180;
const READ = {
  "acceleration.x": (event, sign) => scaled(event.accelerationIncludingGravity?.x, sign),
  "acceleration.y": (event, sign) => scaled(event.accelerationIncludingGravity?.y, sign),
  "acceleration.z": (event, sign) => scaled(event.accelerationIncludingGravity?.z, sign),
  "rotation.x": (event) => scaled(event.rotationRate?.alpha, RADIANS),
  "rotation.y": (event) => scaled(event.rotationRate?.beta, RADIANS),
  "rotation.z": (event) => scaled(event.rotationRate?.gamma, RADIANS),
};

function scaled(value, factor) {
  return value === null || value === undefined ? NaN : value * factor;
}

/** What accelerations are multiplied with, to be those of the specification: -1 on iOS and iPadOS. */
export function accelerationSign({ userAgent, platform = "", maxTouchPoints = 0 }) {
  const isIPadAsDesktop = platform === "MacIntel" && maxTouchPoints > 1;
  return /iPad|iPhone|iPod/.test(userAgent) || isIPadAsDesktop ? -1 : 1;
}

/** Seconds and values of an event; a value that the phone did not give is NaN. */
export function rowOf(event, sources, sign) {
  return { time: event.timeStamp / 1000, values: Float64Array.from(sources, (source) => READ[source](event, sign)) };
}

/** Sensors without a value in a row, as people call them. */
export function missingSensors(values, sources) {
  const missing = new Set();
  sources.forEach((source, channel) => {
    if (Number.isNaN(values[channel])) {
      missing.add(source.startsWith("acceleration") ? "accelerometer" : "gyroscope");
    }
  });
  return [...missing];
}
