'use strict';

const native = require('../addon/native.js');
const { ASK } = require('./protocol.js');
const { callStore } = require('./call.js');
const { questionOf } = require('./question.js');
const { SessionStore } = require('./sessions.js');

/** What a store says that is none of the answers it can give. */
const NO_ANSWER = {
  status: native.UNAVAILABLE_PROTOCOL,
  detail: 'the session store answered something that is no answer to the question',
};

/**
 * A store that the application wrote, in the place of one of this package. Whatever it does, the operation has an end:
 * what it throws, what it never answers, and what it answers wrongly is 'unavailable'.
 *
 * Its kinds differ in two methods: `call(question)` calls the application's, and `tell(pending, question, value)` hands
 * what came of it to the core, or gives why it cannot be.
 */
class OwnStore extends SessionStore {
  async [ASK](pending) {
    const question = questionOf(pending);
    const { value, failure, over } = await callStore(() => this.call(question));
    const reason = failure ?? this.#told(pending, question, value);
    if (reason === undefined) return undefined;

    if (question.type === 'register') this.#withdraw(question.sessionId, over);
    native.unavailable(pending, reason.status);
    return reason.detail;
  }

  /** A value of the application's may be a proxy, have getters that throw, or be too long for the addon. */
  #told(pending, question, value) {
    try {
      return this.tell(pending, question, value);
    } catch {
      return NO_ANSWER;
    }
  }

  /** A login that failed for its caller may be carried out all the same: end its session, once it can be. */
  #withdraw(sessionId, over) {
    over.then(() => this.revokeSession(sessionId)).catch(() => {});
  }
}

module.exports = { OwnStore, NO_ANSWER };
