<?php

/**
 * Tests of Swt.php. Run them with
 *
 *     SWT_LIBRARY=/path/to/libswt.so.0 php -d ffi.enable=1 bindings/php/test_swt.php [part of a name]
 *
 * They need the openssl command, and redis-server for one of them, which is skipped without it.
 */

declare(strict_types=1);

error_reporting(E_ALL);
ini_set('display_errors', 'stderr');
ini_set('error_log', '/dev/null'); // where the failing audit callbacks of the tests complain
require __DIR__ . '/Swt.php';

const SECRET = 'd2c5be9e4ab1a4f09d7be0a0c3a1f47a96f4b86e0c7d5b1f6a3e8c9d02417b55';
const SEALING_SECRET = '7be1f6c02d9a4c3fb8e5d4719f60ac28e37d1b5490c6f2a8d4e96b0371c5fa8e';

// ------------------------------------------------------------------------------------------------------------- runner

final class Failed extends Exception
{
}

final class Skipped extends Exception
{
}

set_error_handler(static fn (int $level, string $message) => throw new ErrorException($message, 0, $level));

function same(mixed $expected, mixed $got): void
{
    if ($expected !== $got) {
        throw new Failed('expected ' . var_export($expected, true) . ', got ' . var_export($got, true));
    }
}

function refused(string $class, string $code, callable $call): Swt\SwtException
{
    try {
        $call();
    } catch (Swt\SwtException $error) {
        same([$class, $code], [$error::class, $error->getCode()]);
        same(false, $error->getMessage() === '');
        return $error;
    }
    throw new Failed("expected $code, got no exception");
}

function usage(string $code, callable $call): Swt\SwtException
{
    return refused(Swt\UsageError::class, $code, $call);
}

function tokenRefused(string $code, callable $call): Swt\SwtException
{
    return refused(Swt\TokenRejected::class, $code, $call);
}

function requestRefused(string $code, callable $call): Swt\SwtException
{
    return refused(Swt\ProofOrSessionRejected::class, $code, $call);
}

/** @param array<string, callable> $tests */
function run(array $tests, string $filter): int
{
    $counts = ['ok' => 0, 'failed' => 0, 'skipped' => 0];
    foreach ($tests as $name => $test) {
        if (!str_contains($name, $filter)) {
            continue;
        }
        try {
            $test();
            [$outcome, $reason] = ['ok', ''];
        } catch (Skipped $skipped) {
            [$outcome, $reason] = ['skipped', ": {$skipped->getMessage()}"];
        } catch (Throwable $error) {
            $here = array_filter($error->getTrace(), static fn (array $frame) => ($frame['file'] ?? '') === __FILE__);
            $lines = implode(', ', array_column($here, 'line'));
            [$outcome, $reason] = ['failed', ': ' . $error::class . ": {$error->getMessage()} (lines $lines)"];
        }
        $counts[$outcome]++;
        echo str_pad($outcome, 9), $name, $reason, "\n";
    }
    $total = array_sum($counts);
    echo "$total tests, {$counts['ok']} passed, {$counts['failed']} failed, {$counts['skipped']} skipped\n";
    return $counts['failed'] === 0 && $total > 0 ? 0 : 1;
}

// -------------------------------------------------------------------------------------------------------------- tools

function openssl(string $stdin, string ...$arguments): string
{
    $process = proc_open(['openssl', ...$arguments], [['pipe', 'r'], ['pipe', 'w'], ['file', '/dev/null', 'w']], $pipes);
    fwrite($pipes[0], $stdin);
    fclose($pipes[0]);
    $output = stream_get_contents($pipes[1]);
    return proc_close($process) === 0 ? $output : throw new RuntimeException("openssl {$arguments[0]} failed");
}

function encode(string $bytes): string
{
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}

/** What a browser does: it holds a P-256 key and makes a proof for each request. */
final class Client
{
    public readonly array $jwk;
    private readonly OpenSSLAsymmetricKey $key;

    public function __construct()
    {
        $this->key = openssl_pkey_new(['private_key_type' => OPENSSL_KEYTYPE_EC, 'curve_name' => 'prime256v1']);
        $point = openssl_pkey_get_details($this->key)['ec'];
        [$x, $y] = array_map(static fn ($n) => encode(str_pad($point[$n], 32, "\0", STR_PAD_LEFT)), ['x', 'y']);
        $this->jwk = ['kty' => 'EC', 'crv' => 'P-256', 'x' => $x, 'y' => $y];
    }

    public function proof(string $url = '/profile', string $method = 'GET', bool $legacy = false): string
    {
        $jti = $legacy ? [] : ['jti' => bin2hex(random_bytes(16))];
        $payload = json_encode(['url' => $url, 'method' => $method, 'timestamp' => time(), ...$jti]);
        openssl_sign($payload, $signature, $this->key, OPENSSL_ALGO_SHA256);
        return encode(json_encode(['jwk' => $this->jwk, 'payload' => $payload, 'signature' => encode($signature)]));
    }
}

function secretKey(): Swt\Key
{
    return Swt\Key::secret(SECRET, SEALING_SECRET);
}

function engine(?callable $audit = null): Swt\Engine
{
    return new Swt\Engine(secretKey(), new Swt\MemoryStore(), audit: $audit);
}

function checkPem(string ...$genpkey): void
{
    $pem = openssl('', 'genpkey', ...$genpkey);
    $private = Swt\Key::privatePem($pem, SEALING_SECRET);
    $token = (new Swt\Engine($private))->sign(['userId' => 'alice'])->token;
    foreach ([$private->publicHalf(), Swt\Key::publicPem(openssl($pem, 'pkey', '-pubout'), SEALING_SECRET)] as $public) {
        $engine = new Swt\Engine($public);
        same('alice', $engine->verify($token)->userId);
        usage('key', fn () => $engine->sign(['userId' => 'alice']));
    }
    tokenRefused('token_algorithm', fn () => engine()->verify($token));
    usage('key', fn () => Swt\Key::publicPem($pem, SEALING_SECRET));
}

function checkSession(Swt\Store $store): void
{
    [$engine, $other] = [new Swt\Engine(secretKey(), $store), new Swt\Engine(secretKey(), $store)];
    $grant = $engine->sign(['userId' => 'alice'], refreshToken: true);
    same('alice', $other->verify($grant->token, $grant->sessionId)->userId);
    $other->refresh($grant->refreshToken);
    $other->revoke($grant->sessionId);
    requestRefused('session_revoked', fn () => $engine->verify($grant->token, $grant->sessionId));
}

function waitFor(Swt\Store $store): void
{
    for ($tries = 400;; $tries--) {
        try {
            $store->ping();
            return;
        } catch (Swt\Unavailable $unavailable) {
            $tries > 0 ? usleep(50_000) : throw $unavailable;
        }
    }
}

// -------------------------------------------------------------------------------------------------------------- tests

exit(run([
    'claims come back as they were signed' => function (): void {
        $data = ['userId' => 'jürgen ☃ 🔑', 'roles' => ['admin', '日本'], 'n' => 2 ** 53 - 1, 'f' => 1.0, 'no' => null];
        $engine = engine();
        $grant = $engine->sign($data, lifetime: 60, issuer: 'issuer', subject: 's', audiences: ['api', 'web']);
        $claims = $engine->verify($grant->token, $grant->sessionId, method: 'GET', url: '/profile', audiences: 'api',
            issuers: ['other', 'issuer'], subject: 's', maxAge: 60);
        same($data, $claims->data);
        same(['api', 'web'], $claims->payload['aud']);
        same([$data['userId'], $grant->sessionId], [$claims->userId, $claims->sessionId]);
        same([$grant->expiresAt, 60], [$claims->expiresAt, $claims->expiresAt - $claims->issuedAt]);
        same([null, null, null], [$claims->thumbprint, $claims->keyId, $grant->refreshToken]);
    },

    'a numeric user id stays a number, and an empty object is in the JSON' => function (): void {
        $engine = engine();
        $grant = $engine->sign('{"userId":7,"o":{}}');
        $claims = $engine->verify($grant->token, $grant->sessionId);
        same(7, $claims->userId);
        same(true, str_contains($claims->payloadJson, '"o":{}'));
    },

    'expectations that do not hold are refused' => function (): void {
        $engine = engine();
        $grant = $engine->sign(['userId' => 1], issuer: 'i', subject: 's', audiences: 'api');
        $verify = fn (...$options) => fn () => $engine->verify($grant->token, $grant->sessionId, ...$options);
        tokenRefused('token_audience', $verify());
        tokenRefused('token_audience', $verify(audiences: ['web']));
        tokenRefused('token_issuer', $verify(audiences: 'api', issuers: 'other'));
        tokenRefused('token_subject', $verify(audiences: 'api', subject: 'other'));
        tokenRefused('token_age', $verify(audiences: 'api', maxAge: 5, now: new DateTimeImmutable('+60 seconds')));
    },

    'a revoked session is refused' => function (): void {
        $engine = engine();
        $grant = $engine->sign(['userId' => 'alice']);
        $engine->verify($grant->token, $grant->sessionId);
        $engine->revoke($grant->sessionId);
        $engine->revoke('no session id');
        $error = requestRefused('session_revoked', fn () => $engine->verify($grant->token, $grant->sessionId));
        same([352, 'invalid_token', true], [$error->status, $error->challenge, $error instanceof Swt\Rejected]);
        same('alice', $engine->openUncheckedSession($grant->token)->userId);
    },

    'a tampered token is refused' => function (): void {
        $engine = engine();
        $grant = $engine->sign(['userId' => 'alice']);
        $at = strrpos($grant->token, '.') + 1;
        $forged = substr_replace($grant->token, $grant->token[$at] === 'A' ? 'B' : 'A', $at, 1);
        tokenRefused('token_authentication', fn () => $engine->verify($forged, $grant->sessionId));
    },

    'an expired token is refused' => function (): void {
        $engine = engine();
        $grant = $engine->sign(['userId' => 'alice'], lifetime: 1);
        $verify = fn (...$options) => fn () => $engine->verify($grant->token, $grant->sessionId, ...$options);
        tokenRefused('token_expired', $verify(now: $grant->expiresAt + 1));
        $verify(now: $grant->expiresAt + 1.5, leeway: 30)();
        usleep((int) (max(0, $grant->expiresAt - microtime(true) + 0.1) * 1e6));
        tokenRefused('token_expired', $verify());
    },

    'what no token can be is refused as a token' => function (): void {
        $engine = engine();
        $grant = $engine->sign(['userId' => 'alice']);
        foreach ([null, '', "\xff\xfe", '☃', "$grant->token\0", "\0$grant->token"] as $token) {
            tokenRefused('token_malformed', fn () => $engine->verify($token, $grant->sessionId));
        }
        $other = $engine->sign(['userId' => 'alice']);
        requestRefused('session_missing', fn () => $engine->verify($grant->token));
        requestRefused('session_revoked', fn () => $engine->verify($grant->token, "$grant->sessionId\0"));
        requestRefused('session_mismatch', fn () => $engine->verify($grant->token, $other->sessionId));
    },

    'without a store there is no session' => function (): void {
        $engine = new Swt\Engine(secretKey());
        $grant = $engine->sign(['userId' => 'alice']);
        same(null, $grant->sessionId);
        same('alice', $engine->verify($grant->token)->userId);
        usage('store_required', fn () => $engine->revoke('x'));
    },

    'a grant does not show its tokens' => function (): void {
        $grant = engine()->sign(['userId' => 'alice'], refreshToken: true);
        $shown = print_r($grant, true);
        same([true, false], [str_contains($shown, 'alice'), str_contains($shown, $grant->token)]);
    },

    'a proof is good once and for its request' => function (): void {
        [$engine, $client] = [engine(), new Client()];
        $grant = $engine->sign(['userId' => 'alice'], clientKey: $client->jwk);
        $verify = fn (?string $proof, string $url = '/profile', ?string $attempt = null) => fn () => $engine->verify(
            $grant->token, $grant->sessionId, proof: $proof, method: 'GET', url: $url, attempt: $attempt);
        $proof = $client->proof();

        same(Swt\thumbprint($client->jwk), $verify($proof)()->thumbprint);
        requestRefused('proof_replayed', $verify($proof));
        $error = requestRefused('proof_url', $verify($client->proof(), '/admin'));
        same('invalid_dpop_proof', $error->challenge);
        requestRefused('proof_missing', $verify(null));
        requestRefused('proof_method', $verify($client->proof(method: 'POST')));
        requestRefused('proof_binding', $verify((new Client())->proof()));

        [$shared, $attempt] = [$client->proof(), Swt\attempt()];
        $verify($shared, attempt: $attempt)();
        $verify($shared, attempt: $attempt)();
        requestRefused('proof_replayed', $verify($shared, attempt: Swt\attempt()));
    },

    'the host of an absolute proof is compared' => function (): void {
        [$engine, $client] = [engine(), new Client()];
        $grant = $engine->sign(['userId' => 1], clientKey: json_encode($client->jwk));
        $proof = $client->proof('https://a.example/profile');
        $verify = fn (string $host) => fn () => $engine->verify($grant->token, $grant->sessionId, proof: $proof,
            method: 'GET', url: '/profile', host: $host);
        requestRefused('proof_url', $verify('b.example'));
        same(1, $verify('a.example')()->userId);
    },

    'what 3.0.1 wrote is accepted on demand only' => function (): void {
        $client = new Client();
        $request = ['proof' => $client->proof(legacy: true), 'method' => 'GET', 'url' => '/profile'];
        $visit = function (Swt\Engine $engine) use ($client, $request): Swt\Claims {
            $grant = $engine->sign(['userId' => 'alice'], clientKey: $client->jwk);
            return $engine->verify($grant->token, $grant->sessionId, ...$request);
        };
        requestRefused('proof_legacy', fn () => $visit(engine()));
        foreach ([Swt\FOREVER, time() + 60] as $until) {
            $engine = new Swt\Engine(secretKey(), new Swt\MemoryStore(), acceptLegacyUntil: $until);
            same(2, $visit($engine)->legacyUses);
        }
    },

    'a login can be bound by its own proof' => function (): void {
        [$engine, $client] = [engine(), new Client()];
        $proof = $client->proof('/login', 'POST');
        $login = fn (string $url) => fn () => $engine->sign(['userId' => 1], proof: $proof, method: 'POST', url: $url);
        same(Swt\thumbprint($client->jwk), $engine->openUncheckedSession($login('/login')()->token)->thumbprint);
        requestRefused('proof_url', $login('/other'));
    },

    'a refresh token is good once' => function (): void {
        $engine = engine();
        $first = $engine->sign(['userId' => 'alice', 'role' => 'user'], refreshToken: true);
        $second = $engine->refresh($first->refreshToken, claims: ['userId' => 'alice', 'role' => 'admin']);
        same($first->sessionId, $second->sessionId);
        same(false, in_array($second->refreshToken, [null, $first->refreshToken], true));
        same('admin', $engine->verify($second->token, $second->sessionId)->data['role']);
        tokenRefused('token_type', fn () => $engine->verify($second->refreshToken, $second->sessionId));
        requestRefused('refresh_superseded', fn () => $engine->refresh($first->refreshToken, $first->sessionId));
        $engine->verify($second->token, $second->sessionId);
    },

    'a bound refresh token needs a proof' => function (): void {
        [$engine, $client] = [engine(), new Client()];
        $token = $engine->sign(['userId' => 1], clientKey: $client->jwk, refreshToken: true)->refreshToken;
        $refresh = fn (?string $proof) => fn () => $engine->refresh($token, proof: $proof, method: 'POST',
            url: '/refresh');
        requestRefused('proof_missing', $refresh(null));
        same(1, $refresh($client->proof('/refresh', 'POST'))()->userId);
    },

    'an RSA key signs and its public half checks' => function (): void {
        checkPem('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048');
    },

    'an EC key signs and its public half checks' => function (): void {
        checkPem('-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
    },

    'a secret is bytes of any kind' => function (): void {
        $first = random_bytes(16) . "\0\xff" . random_bytes(16);
        $second = substr($first, 0, -1) . ($first[-1] ^ "\1"); // the same up to the NUL
        $token = (new Swt\Engine(Swt\Key::secret($first)))->sign(['userId' => 1])->token;
        same(1, (new Swt\Engine(Swt\Key::secret($first)))->verify($token)->userId);
        tokenRefused('token_authentication', fn () => (new Swt\Engine(Swt\Key::secret($second)))->verify($token));
    },

    'a key is changed without logging anybody out' => function (): void {
        [$old, $new] = [Swt\Key::secret(SECRET), Swt\Key::secret(SEALING_SECRET)];
        $engine = new Swt\Engine(new Swt\KeyRing($old, '2024'));
        $before = $engine->sign(['userId' => 1])->token;
        same('2024', $engine->verify($before)->keyId);

        $engine->setKeyRing((new Swt\KeyRing($new, '2025'))->accept($old, '2024', until: time() + 600));
        same('2024', $engine->verify($before)->keyId);
        same('2025', $engine->verify($engine->sign(['userId' => 1])->token)->keyId);
        tokenRefused('token_key', fn () => $engine->verify($before, now: time() + 700));
        $engine->killKey('2024');
        tokenRefused('token_key', fn () => $engine->verify($before));

        $forever = new Swt\Engine((new Swt\KeyRing($new, '2025'))->accept($old, '2024'));
        same('2024', $forever->verify($before)->keyId);
        usage('key_id', fn () => (new Swt\KeyRing($new, 'a'))->accept($old, 'a'));
    },

    'mistakes of the program are usage errors' => function (): void {
        $engine = engine();
        usage('secret_too_short', fn () => Swt\Key::secret('hunter2'));
        usage('key', fn () => Swt\Key::secret(openssl('', 'genpkey', '-algorithm', 'ED25519')));
        usage('key', fn () => Swt\Key::secret(SECRET, ''));
        usage('user_id', fn () => $engine->sign(['role' => 'admin']));
        usage('data', fn () => $engine->sign(['userId' => "a\0b"]));
        usage('data', fn () => $engine->sign("{\"userId\":\"\xff\"}"));
        usage('data_too_large', fn () => $engine->sign(['userId' => 1, 'text' => str_repeat('x', 9000)]));
        usage('client_key', fn () => $engine->sign(['userId' => 1], clientKey: ['kty' => 'oct']));
        usage('lifetime', fn () => $engine->sign(['userId' => 1], lifetime: -1));
        usage('argument', fn () => new Swt\RedisStore('http://127.0.0.1'));
        usage('argument', fn () => new Swt\RedisStore('rediss://127.0.0.1'));
        usage('argument', fn () => new Swt\RedisStore('redis://127.0.0.1', prefix: '{'));
        try {
            throw new Failed(print_r(new Swt\RedisStore('rediss://127.0.0.1', caFile: '/no/such/file'), true));
        } catch (Swt\UsageError) {
        }
        usage('argument', fn () => $engine->verify('x', method: 'GET'));
        usage('client_key', fn () => Swt\thumbprint('{}'));
    },

    'a number is neither cut off nor taken for the default' => function (): void {
        $engine = engine();
        usage('argument', fn () => $engine->sign(['userId' => 1], lifetime: 0));
        usage('argument', fn () => $engine->verify('x', maxAge: 0));
        usage('argument', fn () => $engine->verify('x', now: 1e300));
        usage('argument', fn () => $engine->verify('x', now: NAN));
        usage('argument', fn () => $engine->verify('x', issuers: []));
        usage('argument', fn () => new Swt\MemoryStore(maxSessions: 2 ** 32 + 1));
        usage('argument', fn () => new Swt\MemoryStore(maxSessions: -1));
    },

    'what is closed is not used and may be closed again' => function (): void {
        [$key, $store, $engine] = [secretKey(), new Swt\MemoryStore(), engine()];
        foreach ([$engine, $store, $key, $engine, $store, $key] as $handle) {
            $handle->close();
        }
        usage('argument', fn () => $engine->sign(['userId' => 1]));
        usage('argument', fn () => new Swt\Engine($key));
        usage('argument', fn () => new Swt\Engine(secretKey(), $store));
        usage('argument', fn () => $store->ping());
    },

    'an engine outlives what it was made from' => function (): void {
        [$key, $store] = [secretKey(), new Swt\MemoryStore()];
        $engine = new Swt\Engine($key, $store);
        $key->close();
        $store->close();
        $grant = $engine->sign(['userId' => 1]);
        same(1, $engine->verify($grant->token, $grant->sessionId)->userId);
    },

    'many objects are made and freed' => function (): void {
        for ($number = 1; $number <= 2000; $number++) {
            $engine = engine(static fn () => null);
            $grant = $engine->sign(['userId' => $number]);
            same($number, $engine->verify($grant->token, $grant->sessionId)->userId);
            if ($number % 2) {
                $engine->close();
            }
        }
    },

    'a handle is not copied' => function (): void {
        foreach ([secretKey(), engine(), new Swt\MemoryStore()] as $handle) {
            try {
                $copy = clone $handle;
            } catch (Error) {
                continue;
            }
            throw new Failed('a copy would free its handle twice');
        }
    },

    'events arrive as lines of JSON' => function (): void {
        $lines = [];
        $engine = engine(function (string $line) use (&$lines): void {
            $lines[] = $line;
        });
        $quiet = engine(static fn () => throw new Failed('the event of another engine'));
        $grant = $engine->sign(['userId' => 'jürgen']);
        $engine->verify($grant->token, $grant->sessionId);
        tokenRefused('token_malformed', fn () => $engine->verify('no token', $grant->sessionId));
        $engine->revoke($grant->sessionId);
        $events = array_map(static fn (string $line) => json_decode($line, true), $lines);
        same(['sign', 'verify_success', 'verify_failure', 'revoke'], array_column($events, 'event'));
        same(['ok', 'ok', 'token_malformed', 'ok'], array_column($events, 'code'));
        same(['jürgen', $grant->sessionId], [$events[0]['userId'], $events[0]['sessionId']]);
    },

    'a callback that throws changes nothing' => function (): void {
        $heard = 0;
        $engine = engine(function () use (&$engine, &$heard): void {
            $heard++;
            $engine->close();
            throw new RuntimeException('the log is full');
        });
        $token = $engine->sign(['userId' => 'alice'])->token;
        same('alice', engine()->openUncheckedSession($token)->userId);
        $engine = engine(function () use (&$heard): void {
            $heard++;
            undefined_function();
        });
        tokenRefused('token_malformed', fn () => $engine->verify('no token'));
        same(2, $heard);
    },

    'a callback is kept as long as its engine' => function (): void {
        $heard = 0;
        $engine = engine(function () use (&$heard): void {
            $heard++;
        });
        gc_collect_cycles();
        $engine->sign(['userId' => 1]);
        same(1, $heard);
    },

    'a Redis that is not there is unavailable' => function (): void {
        $store = new Swt\RedisStore('redis://127.0.0.1:1', connectTimeoutMs: 500);
        $engine = new Swt\Engine(secretKey(), $store);
        $error = refused(Swt\Unavailable::class, 'store_connection', fn () => $engine->sign(['userId' => 1]));
        same('', $error->challenge);
        refused(Swt\Unavailable::class, 'store_connection', fn () => $store->ping());
        $grant = engine()->sign(['userId' => 1]);
        $verify = fn () => $engine->verify($grant->token, $grant->sessionId);
        refused(Swt\Unavailable::class, 'store_connection', $verify);
    },

    'a full memory store is unavailable' => function (): void {
        $engine = new Swt\Engine(secretKey(), new Swt\MemoryStore(maxSessions: 2));
        $kept = $engine->sign(['userId' => 1]);
        $engine->sign(['userId' => 2]);
        refused(Swt\Unavailable::class, 'store_full', fn () => $engine->sign(['userId' => 3]));
        $engine->verify($kept->token, $kept->sessionId);
    },

    'a session of a memory store' => function (): void {
        checkSession(new Swt\MemoryStore(sessionTtl: 3600));
    },

    'a session in Redis' => function (): void {
        if (trim((string) shell_exec('command -v redis-server')) === '') {
            throw new Skipped('redis-server is not installed');
        }
        $free = stream_socket_server('tcp://127.0.0.1:0');
        $port = (int) substr(strrchr(stream_socket_get_name($free, false), ':'), 1);
        fclose($free);
        $options = ['--port', (string) $port, '--bind', '127.0.0.1', '--save', '', '--dir', sys_get_temp_dir()];
        $server = proc_open(['redis-server', ...$options], [1 => ['file', '/dev/null', 'w']], $pipes);
        try {
            $store = new Swt\RedisStore("redis://127.0.0.1:$port/0", prefix: 'test:', sessionTtl: 3600,
                commandTimeoutMs: 5000);
            waitFor($store);
            checkSession($store);
        } finally {
            proc_terminate($server);
            proc_close($server);
        }
    },

    'the version names the library' => function (): void {
        same(true, str_contains(Swt\version(), 'secure-web-token'));
    },

    'a thumbprint is that of RFC 7638' => function (): void {
        $jwk = (new Client())->jwk;
        ksort($jwk);
        same(encode(hash('sha256', json_encode($jwk), true)), Swt\thumbprint($jwk));
    },
], $argv[1] ?? ''));
