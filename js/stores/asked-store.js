'use strict';

const native = require('../addon/native.js');
const { isText } = require('../input/text.js');
const { OwnStore, NO_ANSWER } = require('./own-store.js');

/** What a store may answer. Which of these answer which question is for the core to say. */
const FACTS = new Map([
  ['ok', native.FACT_OK],
  ['missing', native.FACT_MISSING],
  ['revoked', native.FACT_REVOKED],
  ['proof_used', native.FACT_PROOF_USED],
  ['taken', native.FACT_TAKEN],
  ['mismatch', native.FACT_MISMATCH],
  ['superseded', native.FACT_SUPERSEDED],
  ['reused', native.FACT_REUSED],
]);

/** These are answered 'ok' together with the record that is kept: the core compares it once more. */
const WITH_RECORD = ['verify', 'rotate', 'lookup'];

const FULL = { status: native.UNAVAILABLE_FULL, detail: 'the session store has no room left' };
const NO_RECORD = {
  status: native.UNAVAILABLE_PROTOCOL,
  detail: "the session store answered 'ok' without the record that it keeps",
};

/** An answer may be of a class of the application's; none has that long a line of ancestors. */
const MAX_ANCESTORS = 8;

/** What the answer says, itself or by its class. What a polluted Object.prototype offers is nothing that a store said. */
function memberOf(answer, name) {
  let at = Object(answer);
  for (let i = 0; i < MAX_ANCESTORS && at !== null && at !== Object.prototype; i++) {
    if (Object.hasOwn(at, name)) return answer[name];
    at = Object.getPrototypeOf(at);
  }
  return undefined;
}

/** A store of the application's own with ask(question), each question one atomic step: it can do all that Redis can. */
class AskedStore extends OwnStore {
  #store;

  constructor(store) {
    super();
    this.#store = store;
  }

  call(question) {
    return this.#store.ask(question);
  }

  tell(pending, { type, sessionId }, answer) {
    const result = memberOf(answer, 'result');
    const record = memberOf(answer, 'record');
    if (result === 'full') return FULL;
    const fact = FACTS.get(result);
    if (fact === undefined) return NO_ANSWER;
    const isNeeded = result === 'ok' && sessionId !== null && WITH_RECORD.includes(type);
    if (isNeeded && !isText(record)) return NO_RECORD;

    // The third is a server's time, which nobody asks such a store for.
    native.answer(pending, String(fact), isText(record) ? record : '', String(Date.now()));
    return undefined;
  }
}

module.exports = { AskedStore };
