<?php

/**
 * secure-web-token for PHP: encrypted, device-bound session tokens, by FFI over libswt (include/swt/swt.h).
 *
 *     require 'Swt.php';
 *
 *     $store = new Swt\RedisStore('redis://127.0.0.1');
 *     $engine = new Swt\Engine(Swt\Key::secret(getenv('SWT_SECRET')), $store, audit: error_log(...));
 *
 *     $grant = $engine->sign(['userId' => 'alice', 'role' => 'admin'], clientKey: $body['publicKeyJwk']);
 *     try {
 *         $claims = $engine->verify($grant->token, $_COOKIE['swt_session'] ?? null,
 *             proof: $_SERVER['HTTP_X_DPOP_PROOF'] ?? null, method: 'GET', url: $_SERVER['REQUEST_URI']);
 *         echo $claims->userId, $claims->data['role'];
 *     } catch (Swt\Rejected $rejected) {   // 401, WWW-Authenticate: DPoP error="{$rejected->challenge}"
 *     } catch (Swt\Unavailable) {          // 503: neither "come in" nor "you are logged out"
 *     }
 *     $engine->revoke($grant->sessionId);
 *
 * Text is a string, taken byte by byte; null is "not given" and '' is given and empty. Moments are seconds since 1970,
 * as microtime(true) gives them, or a DateTimeInterface; durations are seconds. close() is optional and may be called
 * twice: a handle is freed with its object. An audit callback must not call exit(). A web server needs ffi.enable=1.
 */

declare(strict_types=1);

namespace Swt;

use FFI\CData;

require_once __DIR__ . '/Native.php';

const FOREVER = INF;

/** Anything but success. getCode() is the name of the status, getMessage() is for logs, never for a client. */
abstract class SwtException extends \RuntimeException
{
    /** What a 401 may say. */
    public readonly string $challenge;

    public function __construct(public readonly int $status, string $message)
    {
        parent::__construct($message);
        $this->code = Library::get()->swt_status_name($status);
        $this->challenge = Library::get()->swt_status_challenge($status);
    }
}

/** The program is wrong: an argument, a setting, a key. HTTP 500. */
final class UsageError extends SwtException
{
}

/** The request is not let in. HTTP 401. */
abstract class Rejected extends SwtException
{
}

/** The token is not good. */
final class TokenRejected extends Rejected
{
}

/** The proof or the session is not good. */
final class ProofOrSessionRejected extends Rejected
{
}

/** The store could not answer for certain. HTTP 503. */
final class Unavailable extends SwtException
{
}

/** Memory, cryptography, a bug. HTTP 500. */
final class InternalError extends SwtException
{
}

/** What sign and refresh give: the token for the client, the session id for an HttpOnly cookie. */
final class Grant
{
    public function __construct(
        public readonly string $token,
        public readonly ?string $sessionId,
        public readonly ?string $refreshToken,
        public readonly string|int $userId,
        public readonly int $expiresAt,
        public readonly int $legacyUses,
    ) {
    }

    /** var_dump and its like, which end in logs, do not show what opens a door. */
    public function __debugInfo(): array
    {
        return ['userId' => $this->userId, 'expiresAt' => $this->expiresAt];
    }

    /** @internal */
    public static function take(Native $native): self
    {
        $c = Library::get();
        return $native->use(static fn (CData $grant) => new self(
            Library::read($c->swt_grant_token($grant)),
            Library::read($c->swt_grant_session_id($grant)) ?: null,
            Library::read($c->swt_grant_refresh_token($grant)) ?: null,
            json_decode(Library::read($c->swt_grant_user_id($grant)), flags: JSON_THROW_ON_ERROR),
            $c->swt_grant_expires_at($grant),
            $c->swt_grant_legacy_uses($grant),
        ));
    }
}

/** What verify gives. The payload is all that the token says, data the caller's part of it. */
final class Claims
{
    public readonly array $payload;
    public readonly array $data;

    /** @param string $payloadJson tells {} from [] and keeps every digit, where an array cannot */
    public function __construct(
        public readonly string $payloadJson,
        public readonly string|int $userId,
        public readonly ?string $sessionId,
        public readonly ?string $thumbprint,
        public readonly ?string $tokenId,
        public readonly ?string $keyId,
        public readonly int $issuedAt,
        public readonly int $expiresAt,
        public readonly int $legacyUses,
    ) {
        $this->payload = json_decode($payloadJson, true, flags: JSON_THROW_ON_ERROR);
        $this->data = $this->payload['data'];
    }

    /** @internal */
    public static function take(Native $native): self
    {
        $c = Library::get();
        return $native->use(static fn (CData $claims) => new self(
            Library::read($c->swt_claims_payload($claims)),
            json_decode(Library::read($c->swt_claims_user_id($claims)), flags: JSON_THROW_ON_ERROR),
            Library::read($c->swt_claims_session_id($claims)) ?: null,
            Library::read($c->swt_claims_thumbprint($claims)) ?: null,
            Library::read($c->swt_claims_token_id($claims)) ?: null,
            Library::read($c->swt_claims_key_id($claims)) ?: null,
            $c->swt_claims_issued_at($claims),
            $c->swt_claims_expires_at($claims),
            $c->swt_claims_legacy_uses($claims),
        ));
    }
}

/** What Key, KeyRing, Engine and the stores have in common. */
abstract class Handle
{
    /** @internal */
    protected function __construct(public readonly Native $native)
    {
    }

    public function close(): void
    {
        $this->native->close();
    }

    private function __clone()
    {
    }
}

/** What tokens are signed and sealed with. */
final class Key extends Handle
{
    private function __construct(callable $make)
    {
        parent::__construct(new Native('key', $make));
    }

    public static function secret(#[\SensitiveParameter] string $secret,
        #[\SensitiveParameter] ?string $encryptionSecret = null, bool $insecureShortSecret = false): self
    {
        return self::make('swt_key_new_secret', $secret, $encryptionSecret, $insecureShortSecret);
    }

    public static function privatePem(#[\SensitiveParameter] string $pem,
        #[\SensitiveParameter] string $encryptionSecret, bool $insecureShortSecret = false): self
    {
        return self::make('swt_key_new_private_pem', $pem, $encryptionSecret, $insecureShortSecret);
    }

    public static function publicPem(string $pem, #[\SensitiveParameter] string $encryptionSecret,
        bool $insecureShortSecret = false): self
    {
        return self::make('swt_key_new_public_pem', $pem, $encryptionSecret, $insecureShortSecret);
    }

    /** The key that only checks, of one from privatePem. */
    public function publicHalf(): self
    {
        return $this->native->use(static fn (?CData $key) => new self(
            static fn (CData $out) => Library::get()->swt_key_new_public_half($key, $out),
        ));
    }

    private static function make(string $function, #[\SensitiveParameter] string $text,
        #[\SensitiveParameter] ?string $encryptionSecret, bool $insecure): self
    {
        $in = new Arguments();
        $texts = [$in->text($text), $in->text($encryptionSecret)];
        return new self(static fn (CData $out) => Library::get()->$function(...[...$texts, (int) $insecure, $out]));
    }
}

/** Several keys by their kid: one signs, the others are accepted for a time. */
final class KeyRing extends Handle
{
    public function __construct(?Key $signer = null, ?string $kid = null)
    {
        $c = Library::get();
        $in = new Arguments();
        parent::__construct(new Native('keyring', static fn (CData $out) => $c->swt_keyring_new($out)));
        if ($signer !== null) {
            Library::check($this->native->use(static fn ($ring) => $signer->native->use(
                static fn ($key) => $c->swt_keyring_set_signer($ring, $key, $in->text($kid)),
            )));
        }
    }

    public function accept(Key $key, string $kid, int|float|\DateTimeInterface $until = FOREVER): self
    {
        $in = new Arguments();
        $given = [$in->text($kid), Arguments::millis('until', $until)];
        Library::check($this->native->use(static fn ($ring) => $key->native->use(
            static fn ($pointer) => Library::get()->swt_keyring_accept($ring, $pointer, ...$given),
        )));
        return $this;
    }
}

/** Where sessions and spent proofs are kept: a MemoryStore or a RedisStore. */
abstract class Store extends Handle
{
    /** @throws Unavailable when the store cannot be used now */
    public function ping(): void
    {
        Library::check($this->native->use(static fn ($store) => Library::get()->swt_store_ping($store)));
    }
}

/** For one process that serves all requests, and for tests: where each request is a process of its own use Redis. */
final class MemoryStore extends Store
{
    public function __construct(?int $sessionTtl = null, ?int $maxSessions = null, ?int $maxProofs = null)
    {
        $in = new Arguments();
        $options = $in->struct('swt_memory_store_options', [
            'session_ttl_s' => Arguments::number('sessionTtl', $sessionTtl),
            'max_sessions' => Arguments::number('maxSessions', $maxSessions, 2 ** 32 - 1),
            'max_proofs' => Arguments::number('maxProofs', $maxProofs, 2 ** 32 - 1),
        ]);
        $open = static fn ($out) => Library::get()->swt_store_memory_open($options, $out);
        parent::__construct(new Native('store', $open));
    }
}

/** It does not connect yet: see ping. */
final class RedisStore extends Store
{
    public function __construct(#[\SensitiveParameter] string $url, ?string $prefix = null, ?int $sessionTtl = null,
        ?int $connectTimeoutMs = null, ?int $commandTimeoutMs = null, ?int $maxConnections = null,
        ?string $caFile = null, ?string $clientCertificateFile = null, ?string $clientKeyFile = null)
    {
        $in = new Arguments();
        $address = $in->text($url);
        $options = $in->struct('swt_redis_store_options', [
            'prefix' => $in->text($prefix),
            'session_ttl_s' => Arguments::number('sessionTtl', $sessionTtl),
            'connect_timeout_ms' => Arguments::number('connectTimeoutMs', $connectTimeoutMs),
            'command_timeout_ms' => Arguments::number('commandTimeoutMs', $commandTimeoutMs),
            'max_connections' => Arguments::number('maxConnections', $maxConnections, 2 ** 32 - 1),
            'ca_file' => $in->text($caFile),
            'client_certificate_file' => $in->text($clientCertificateFile),
            'client_key_file' => $in->text($clientKeyFile),
        ]);
        $open = static fn ($out) => Library::get()->swt_store_redis_open($address, $options, $out);
        parent::__construct(new Native('store', $open));
    }
}

require_once __DIR__ . '/Engine.php';

/** The RFC 7638 thumbprint of a public P-256 JWK. */
function thumbprint(array|string $jwk): string
{
    $in = new Arguments();
    $out = Library::get()->new('char[44]');
    Library::check(Library::get()->swt_jwk_thumbprint($in->json($jwk), $out));
    return \FFI::string($out);
}

/** A new name for one incoming request, for several verify of it that bring the same proof. */
function attempt(): string
{
    $out = Library::get()->new('char[23]');
    Library::check(Library::get()->swt_attempt_new($out));
    return \FFI::string($out);
}

function version(): string
{
    return Library::get()->swt_version_details();
}
