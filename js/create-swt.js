'use strict';

const native = require('./addon/native.js');
const { createAuthenticator, guardSettings } = require('./guards/authenticate.js');
const { usageError } = require('./report/errors.js');
const { expectationOptions } = require('./operations/expectations.js');
const { swtFastify } = require('./guards/fastify.js');
const { swtHono } = require('./guards/hono.js');
const { swtKoa } = require('./guards/koa.js');
const { isPlainObject } = require('./input/json.js');
const { lastingKeysOf } = require('./keys/key-source.js');
const { swtMiddleware } = require('./guards/middleware.js');
const { anything, flag, lifetime, oneName, optionsReader } = require('./input/options.js');
const { refresh } = require('./operations/refresh.js');
const { sign } = require('./operations/sign.js');
const { revoke } = require('./stores/sessions.js');
const { verify } = require('./operations/verify.js');

const readConfig = optionsReader('createSwt', {
  secret: anything(),
  encryptionSecret: anything(),
  insecureShortSecret: flag(),
  fingerprint: flag(),
  expiresIn: lifetime(900),
  generateRefreshToken: flag(),
  refreshExpiresIn: lifetime(604800),
  insecureRefreshReuse: flag(),
  ...guardSettings,
  // One that signs has one issuer.
  issuer: oneName(),
});

const COMMON = ['store', 'acceptLegacy', 'auditLogger'];
const LIFETIMES = ['expiresIn', 'refreshExpiresIn'];

/** Which settings each operation takes. */
const SETTINGS_OF = {
  sign: [...COMMON, ...LIFETIMES, 'fingerprint', 'generateRefreshToken', 'audience', 'issuer', 'subject'],
  verify: [...COMMON, ...Object.keys(expectationOptions)],
  refresh: [...COMMON, ...LIFETIMES, 'insecureRefreshReuse'],
  guard: Object.keys(guardSettings),
};

function pick(settings, wanted) {
  const given = wanted.filter((name) => Object.hasOwn(settings, name));
  return Object.fromEntries(given.map((name) => [name, settings[name]]));
}

/**
 * What the one says goes before what the other has. Undefined says nothing, so that a variable that was never set takes
 * no protection away; but for a store, where it is refused.
 */
function over(settings, options) {
  const says = ([name, value]) => value !== undefined || name === 'store' || !Object.hasOwn(settings, name);
  return { ...settings, ...Object.fromEntries(Object.entries(options).filter(says)) };
}

/** The settings of one call. */
function merged(settings, options, owner) {
  if (options === undefined || options === null) return settings;
  if (!isPlainObject(options)) throw usageError(`the options of ${owner} must be a plain object`);
  return over(settings, options);
}

function checkedSettings(options) {
  if (!isPlainObject(options)) throw usageError('the options of createSwt must be a plain object');
  // A copy: what is checked is what is used.
  const given = { ...options };
  if (!Object.hasOwn(given, 'store')) throw usageError('store is missing: pass null for none');
  const config = readConfig(given);
  // Nobody has to be waited for here, so the strict way is the default.
  const settings = over({ acceptLegacy: false, fingerprint: config.store !== null }, given);
  return { config, settings, keys: lastingKeysOf(config.secret, config) };
}

/**
 * Everything of this package, configured once. Unlike the single functions it accepts nothing of version 3 unless
 * `acceptLegacy` says so, and with a store it binds every token to the client's key unless `fingerprint` is false.
 *
 * @param {import('./index.js').SwtConfig} options
 * @returns {import('./index.js').Swt}
 * @throws {import('./report/errors.js').SwtError} kind 'usage', at once, for settings that cannot work
 *
 * @example
 * const swt = createSwt({ secret: createKey(process.env.SWT_SECRET), store });
 * const { token, sessionId } = await swt.sign({ userId: 'alice' }, { clientPublicKey: req.body.publicKeyJwk });
 * app.get('/api/profile', swt.middleware(), (req, res) => res.json(req.swt));
 */
function createSwt(options) {
  const { config, settings, keys } = checkedSettings(options);
  const settingsOf = (operation) => pick(settings, SETTINGS_OF[operation]);
  const [forSign, forVerify, forRefresh, forGuards] = ['sign', 'verify', 'refresh', 'guard'].map(settingsOf);
  const guard = (make) => (more) => {
    const settings = merged(forGuards, more, make.name);
    // Called without createSwt it has one, so it would not refuse this itself.
    if (Object.hasOwn(settings, 'secret')) throw usageError(`${make.name} of createSwt has no option "secret"`);
    return make({ ...settings, secret: keys });
  };

  return Object.freeze({
    sign: async (data, more) => sign(data, keys, merged(forSign, more, 'sign')),
    verify: async (token, more) => verify(token, keys, merged(forVerify, more, 'verify')),
    refresh: async (refreshToken, more) => refresh(refreshToken, keys, merged(forRefresh, more, 'refresh')),
    async revoke(sessionId) {
      if (config.store === null) throw usageError('there is no store to revoke it in', native.ERR_STORE_REQUIRED);
      await revoke(config.store, sessionId, config.auditLogger);
    },
    authenticate: guard(createAuthenticator)(),
    middleware: guard(swtMiddleware),
    fastify: guard(swtFastify),
    koa: guard(swtKoa),
    hono: guard(swtHono),
  });
}

module.exports = { createSwt };
