'use strict';
const fs = require('node:fs');

/** A call that could never work: a changed parameter, an impossible name, a file that is not there. */
class TrackingError extends Error {
  name = 'TrackingError';
}

const said = new Set();

/**
 * One line on standard error; the training goes on. Written at once: a worker's console waits for the main thread.
 * @param {string} sentence
 */
function warnOnce(sentence) {
  if (!said.has(sentence)) {
    said.add(sentence);
    fs.writeSync(2, `mlops-workbench: ${sentence}\n`);
  }
}

module.exports = { TrackingError, warnOnce };
