<?php

declare(strict_types=1);

namespace Swt;

use FFI\CData;

/**
 * Key or key ring, store and settings, ready for use. audit is called with each event as one line of JSON. Without a
 * store the engine is stateless: there are no sessions, and nothing can be revoked. See Swt.php.
 */
final class Engine extends Handle
{
    /** @param ?callable(string): mixed $audit */
    public function __construct(Key|KeyRing $key, ?Store $store = null,
        int|float|\DateTimeInterface|null $acceptLegacyUntil = null, ?callable $audit = null)
    {
        $c = Library::get();
        $config = new Native('config', static fn (CData $out) => $c->swt_config_new($out));
        $listener = $audit === null ? null : Library::remember($audit);
        try {
            parent::__construct($config->use(static function (CData $config) use (
                $c, $key, $store, $acceptLegacyUntil, $listener
            ): Native {
                $setKey = $key instanceof KeyRing ? 'swt_config_set_keyring' : 'swt_config_set_key';
                Library::check($key->native->use(static fn ($pointer) => $c->$setKey($config, $pointer)));
                if ($store !== null) {
                    $setStore = static fn ($pointer) => $c->swt_config_set_store($config, $pointer);
                    Library::check($store->native->use($setStore));
                }
                if ($acceptLegacyUntil !== null) {
                    $until = Arguments::millis('acceptLegacyUntil', $acceptLegacyUntil);
                    Library::check($c->swt_config_accept_legacy_until($config, $until));
                }
                if ($listener !== null) {
                    Library::listen($config, $listener);
                }
                return new Native('engine', static fn ($out) => $c->swt_engine_new($config, $out), $listener);
            }));
        } catch (\Throwable $failed) {
            Library::forget($listener ?? 0);
            throw $failed;
        }
    }

    /**
     * A token for these claims, which need a userId, and a new session. clientKey is a JWK, as an array or JSON.
     *
     * @param string|list<string>|null $audiences
     */
    public function sign(array|object|string $claims, array|string|null $clientKey = null,
        #[\SensitiveParameter] ?string $proof = null, ?string $method = null, ?string $url = null, ?string $host = null,
        ?int $lifetime = null, bool $refreshToken = false, ?int $refreshLifetime = null, ?string $issuer = null,
        ?string $subject = null, string|array|null $audiences = null,
        int|float|\DateTimeInterface|null $now = null): Grant
    {
        $in = new Arguments();
        $request = $in->struct('swt_sign_request', [
            'data_json' => $in->json($claims),
            'client_key_jwk' => $in->json($clientKey),
            'lifetime_s' => Arguments::number('lifetime', $lifetime),
            'refresh_lifetime_s' => Arguments::number('refreshLifetime', $refreshLifetime),
            'now_ms' => Arguments::millis('now', $now),
            'flags' => (int) $refreshToken,
            'proof' => $in->text($proof),
            'method' => $in->text($method),
            'url' => $in->text($url),
            'host' => $in->text($host),
            'issuer' => $in->text($issuer),
            'subject' => $in->text($subject),
            'audiences' => $in->texts($audiences),
        ]);
        return Grant::take($this->ask('grant', 'swt_sign', $request));
    }

    /**
     * Checks an access token, its proof and its session.
     *
     * @param string|list<string>|null $audiences
     * @param string|list<string>|null $issuers
     * @throws Rejected
     * @throws Unavailable
     */
    public function verify(#[\SensitiveParameter] ?string $token, #[\SensitiveParameter] ?string $sessionId = null,
        #[\SensitiveParameter] ?string $proof = null, ?string $method = null, ?string $url = null, ?string $host = null,
        ?string $attempt = null, string|array|null $audiences = null, string|array|null $issuers = null,
        ?string $subject = null, int $leeway = 0, ?int $maxAge = null,
        int|float|\DateTimeInterface|null $now = null): Claims
    {
        $in = new Arguments();
        $request = $in->struct('swt_verify_request', [
            'token' => $in->text($token),
            'session_id' => $in->text($sessionId),
            'proof' => $in->text($proof),
            'method' => $in->text($method),
            'url' => $in->text($url),
            'host' => $in->text($host),
            'now_ms' => Arguments::millis('now', $now),
            'attempt' => $in->text($attempt),
            'audiences' => $in->texts($audiences),
            'issuers' => $in->texts($issuers),
            'subject' => $in->text($subject),
            'leeway_s' => $leeway,
            'max_age_s' => Arguments::number('maxAge', $maxAge),
        ]);
        return Claims::take($this->ask('claims', 'swt_verify', $request));
    }

    /** Trades a refresh token, which is good once, for the next pair; claims replace those of the session. */
    public function refresh(#[\SensitiveParameter] ?string $refreshToken,
        #[\SensitiveParameter] ?string $sessionId = null, #[\SensitiveParameter] ?string $proof = null,
        ?string $method = null, ?string $url = null, ?string $host = null, ?string $attempt = null,
        array|object|string|null $clientKey = null, array|object|string|null $claims = null, ?int $lifetime = null,
        ?int $refreshLifetime = null, bool $insecureReuse = false,
        int|float|\DateTimeInterface|null $now = null): Grant
    {
        $in = new Arguments();
        $request = $in->struct('swt_refresh_request', [
            'refresh_token' => $in->text($refreshToken),
            'session_id' => $in->text($sessionId),
            'proof' => $in->text($proof),
            'method' => $in->text($method),
            'url' => $in->text($url),
            'host' => $in->text($host),
            'attempt' => $in->text($attempt),
            'data_json' => $in->json($claims),
            'lifetime_s' => Arguments::number('lifetime', $lifetime),
            'refresh_lifetime_s' => Arguments::number('refreshLifetime', $refreshLifetime),
            'now_ms' => Arguments::millis('now', $now),
            'flags' => (int) $insecureReuse,
            'client_key_jwk' => $in->json($clientKey),
        ]);
        return Grant::take($this->ask('grant', 'swt_refresh', $request));
    }

    /** Ends a session. One that is unknown or has ended is no error. */
    public function revoke(#[\SensitiveParameter] string $sessionId): void
    {
        $in = new Arguments();
        $id = $in->text($sessionId);
        Library::check($this->native->use(static fn ($engine) => Library::get()->swt_revoke($engine, $id)));
    }

    /** Opens a token of either type for a look inside. Checks NOT whether it may be used: never let a request in. */
    public function openUncheckedSession(#[\SensitiveParameter] string $token,
        int|float|\DateTimeInterface|null $now = null): Claims
    {
        $in = new Arguments();
        return Claims::take($this->ask('claims', 'swt_open_unchecked_session', $in->text($token),
            Arguments::millis('now', $now)));
    }

    public function setKeyRing(KeyRing $ring): void
    {
        Library::check($this->native->use(static fn ($engine) => $ring->native->use(
            static fn ($pointer) => Library::get()->swt_engine_set_keyring($engine, $pointer),
        )));
    }

    /** Stops accepting a key that got out, now and for the life of the engine. */
    public function killKey(string $kid): void
    {
        $in = new Arguments();
        $name = $in->text($kid);
        Library::check($this->native->use(static fn ($engine) => Library::get()->swt_engine_kill_key($engine, $name)));
    }

    private function ask(string $noun, string $function, CData|int ...$given): Native
    {
        return $this->native->use(static fn (?CData $engine) => new Native(
            $noun,
            static fn (CData $out) => Library::get()->$function($engine, ...[...$given, $out]),
        ));
    }
}
