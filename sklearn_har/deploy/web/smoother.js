// What is said of a window in the context of those before it, as the causal smoothers of sklearn-har say it.

/** The smoother of a recognizer; null if it has none. */
export function smootherOf(settings) {
  return settings && new { HMMSmoother: ForwardFilter, MinimumDuration: Confirmation }[settings.kind](settings);
}

/** A hidden Markov model in continuous time, of which an activity is one or several stages. */
class ForwardFilter {
  constructor(settings) {
    this.settings = settings;
    this.matrices = new Map(); // by seconds
    this.reset();
  }

  reset() {
    this.state = null;
  }

  /** Probabilities of the activities, from those of a window and the seconds since the one before. */
  step(probabilities, elapsed) {
    const { first, stages, step } = this.settings;
    const likelihoods = this.likelihoods(probabilities, this.state ? elapsed : step);
    const moved = this.state ? times([this.state], this.transitions(elapsed))[0] : first;
    const seen = moved.map((value, state) => value * likelihoods[Math.floor(state / stages)]);
    const total = sum(seen);
    this.state = seen.map((value) => value / total);
    return likelihoods.map((_, label) => sum(this.state.slice(label * stages, (label + 1) * stages)));
  }

  likelihoods(probabilities, elapsed) {
    const { floor, frequencies, step, emission_weight: weight } = this.settings;
    const share = 1 - floor * probabilities.length;
    const logs = probabilities.map((value, label) => Math.log((floor + share * value) / frequencies[label]));
    const largest = Math.max(...logs);
    return logs.map((log) => Math.exp(weight * Math.min(elapsed / step, 1) * (log - largest)));
  }

  transitions(elapsed) {
    const seconds = Number(elapsed.toPrecision(3));
    if (!this.matrices.has(seconds)) {
      const rates = this.settings.generator.map((row) => row.map((rate) => rate * seconds));
      this.matrices.set(seconds, exponential(rates));
    }
    return this.matrices.get(seconds);
  }
}

/** A new activity takes over when it was the best for some seconds without a break. */
class Confirmation {
  constructor(settings) {
    this.settings = settings;
    this.reset();
  }

  reset() {
    this.current = this.candidate = -1;
    this.held = 0;
  }

  step(probabilities, elapsed) {
    const best = probabilities.indexOf(Math.max(...probabilities));
    if (this.current < 0 || best === this.current) this.take(best, -1);
    else if (best !== this.candidate) this.take(this.current, best);
    else if (this.held + elapsed >= this.settings.seconds) this.take(best, -1);
    else this.held += elapsed;
    return probabilities.map((_, label) => Number(label === this.current));
  }

  take(current, candidate) {
    this.current = current;
    this.candidate = candidate;
    this.held = 0;
  }
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

function times(a, b) {
  return a.map((row) => b[0].map((_, column) => row.reduce((total, value, at) => total + value * b[at][column], 0)));
}

/** exp of a matrix: its series for a small part of it, squared as often as that was halved. */
function exponential(matrix) {
  const size = Math.max(...matrix.map((row) => sum(row.map(Math.abs))));
  const halvings = Math.max(0, Math.ceil(Math.log2(size || 1)) + 3);
  const small = matrix.map((row) => row.map((value) => value / 2 ** halvings));
  const one = matrix.map((row, at) => row.map((_, column) => Number(at === column)));
  let [term, total] = [one, one];
  for (let power = 1; power <= 12; power++) {
    term = times(term, small).map((row) => row.map((value) => value / power));
    total = total.map((row, at) => row.map((value, column) => value + term[at][column]));
  }
  for (let halving = 0; halving < halvings; halving++) total = times(total, total);
  return total.map((row) => row.map((value) => Math.max(value, 0)));
}
