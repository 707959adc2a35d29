'use strict';

const MAX_DISTANCE = 2;

/** How many letters must be changed, added or dropped to get from a to b (Levenshtein). */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(replaced, row[j] + 1, next[j - 1] + 1);
    }
    row = next;
  }
  return row[b.length];
}

/** The candidate that the word was probably meant to be; undefined when none is near. */
function nearest(word, candidates) {
  const lower = word.slice(0, 40).toLowerCase();
  let best;
  let bestDistance = MAX_DISTANCE + 1;
  for (const candidate of candidates) {
    const found = distance(lower, candidate.toLowerCase());
    if (found < bestDistance) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best;
}

module.exports = { nearest };
