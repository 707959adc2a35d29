'use strict';

const native = require('../addon/native.js');
const { monotonicMs } = require('../clock.js');
const { SwtError, failure, usageError } = require('../report/errors.js');
const { auditLogger, lifetime, optionsReader, text, wholeNumber } = require('../input/options.js');
const { isText } = require('../input/text.js');
const { adaptRedisClient } = require('./redis-client.js');
const { ASK } = require('./protocol.js');
const { questionOf } = require('./question.js');
const { RedisConnection } = require('./redis-connection.js');
const { ServerClock } = require('./server-clock.js');
const { SessionStore } = require('./sessions.js');

const MAX_TIMEOUT_MS = 60_000;

/** After its own time limit a login must not take effect later than this. */
const LATE_LOGIN_MS = 1000;

/** Logins that are taken back at a time. Beyond it their sessions are left to expire: nobody was told their ids. */
const MAX_WITHDRAWALS = 1000;
const WITHDRAWAL_TIMEOUT_MS = 5000;

/** In UTF-8 every lone surrogate is the same character: two prefixes would be one. The rest is the core's to judge. */
function checkPrefix(value, name) {
  if (!isText(value) || !value.isWellFormed()) throw usageError(`${name} is too long or has a lone surrogate`);
}

const readOptions = optionsReader('RedisStore', {
  prefix: text('swt:session:', checkPrefix),
  ttl: lifetime(0), // 0 is the core's default
  timeout: wholeNumber(250, 1, MAX_TIMEOUT_MS),
  auditLogger: auditLogger(),
});

/**
 * Sessions and spent proofs in Redis, over the application's own client. One round trip for each verification.
 *
 * When Redis does not answer within `timeout`, or answers anything but what is expected, the operation fails as
 * 'unavailable': never as valid, and never as logged out.
 *
 * @example
 * const client = createClient();
 * await client.connect();
 * const store = new RedisStore(client, { prefix: 'auth:session:', ttl: '24h' });
 */
class RedisStore extends SessionStore {
  #connection;
  #clock = new ServerClock();
  #prefix;
  #clientKeyPrefix;
  #ttl;
  #timeout;
  #oneServer;
  #withdrawals = 0;

  /**
   * @param {object} client a connected client of "redis" or "ioredis"; also their clusters and pools
   * @param {import('../index.js').RedisStoreOptions} [options]
   */
  constructor(client, options) {
    const settings = readOptions(options);
    super(settings.auditLogger);

    const adapted = adaptRedisClient(client);
    const status = native.checkRedisOptions(settings.prefix, adapted.keyPrefix, settings.ttl);
    if (status !== 0) throw failure(status);

    this.#connection = new RedisConnection(adapted);
    this.#prefix = settings.prefix;
    this.#clientKeyPrefix = adapted.keyPrefix;
    this.#ttl = settings.ttl;
    this.#timeout = settings.timeout;
    this.#oneServer = adapted.oneServer;
  }

  async [ASK](pending) {
    const call = this.#callFor(pending);
    const { parts, status, detail, sent, sentAt } = await this.#connection.run(call, this.#timeout);
    if (parts !== undefined) {
      this.#clock.learn(Number(parts[2]), sentAt, monotonicMs());
      native.answer(pending, ...parts);
      return undefined;
    }

    if (sent && call.logsIn) this.#withdraw(questionOf(pending).sessionId);
    native.unavailable(pending, status);
    return detail;
  }

  #callFor(pending) {
    const call = native.redisCall(pending, this.#prefix, this.#clientKeyPrefix, this.#ttl, this.#notAfter());
    if (typeof call === 'number') throw failure(call);
    if (!Array.isArray(call?.keys)) throw new SwtError(native.INTERNAL_BUG);
    return call;
  }

  /** Clients send commands late, and twice. The servers of a cluster have clocks of their own: no limit there. */
  #notAfter() {
    const serverNow = this.#oneServer ? this.#clock.at(monotonicMs()) : 0;
    return serverNow === 0 ? 0 : serverNow + this.#timeout + LATE_LOGIN_MS;
  }

  /** A login that failed for its caller may still be carried out: end its session, whenever that is. */
  #withdraw(sessionId) {
    if (this.#withdrawals >= MAX_WITHDRAWALS) return;
    const pending = native.revokeBegin(sessionId);
    if (typeof pending === 'number' || !native.needsStore(pending)) return;

    this.#withdrawals++;
    this.#connection.run(this.#callFor(pending), WITHDRAWAL_TIMEOUT_MS, { background: true }).then(() => {
      this.#withdrawals--;
    });
  }
}

module.exports = { RedisStore };
