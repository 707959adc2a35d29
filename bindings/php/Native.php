<?php

declare(strict_types=1);

namespace Swt;

use FFI;
use FFI\CData;

/**
 * libswt, loaded once. Internal: see Swt.php.
 *
 * Its functions are called in arrow functions and never handed on as $ffi->swt_…(...): that crashes PHP 8.2.
 */
final class Library
{
    public const ABI_VERSION = 1;
    public const ERR_ARGUMENT = 101;
    public const NO_END = PHP_INT_MAX;

    private static ?FFI $ffi = null;
    private static ?CData $listener = null;
    /** @var array<int, array{call: callable(string): mixed, number: CData}> */
    private static array $audits = [];
    private static int $lastAudit = 0;

    public static function get(): FFI
    {
        return self::$ffi ??= self::load();
    }

    private static function load(): FFI
    {
        $path = getenv('SWT_LIBRARY') ?: 'libswt.so.0';
        $ffi = FFI::cdef(file_get_contents(__DIR__ . '/libswt.h'), $path);
        if ($ffi->swt_abi_version() < self::ABI_VERSION) { // a later one only has more
            throw new \RuntimeException("$path has version {$ffi->swt_abi_version()} of the interface; 1 is needed");
        }
        return $ffi;
    }

    public static function check(int $status): void
    {
        if ($status !== 0) {
            throw self::failure($status, self::get()->swt_last_error_message());
        }
    }

    private static function failure(int $status, string $message): SwtException
    {
        return match (self::get()->swt_status_class($status)) {
            1 => new UsageError($status, $message),
            2 => new TokenRejected($status, $message),
            3 => new ProofOrSessionRejected($status, $message),
            4 => new Unavailable($status, $message),
            default => new InternalError($status, $message),
        };
    }

    /** Text of a swt_bytes that C returned. */
    public static function read(CData $view): string
    {
        return $view->len === 0 ? '' : FFI::string($view->data, $view->len);
    }

    /** @return int what to hand to listen() and, when the engine is gone, to forget() */
    public static function remember(callable $audit): int
    {
        $number = self::get()->new('int64_t');
        $number->cdata = ++self::$lastAudit;
        self::$audits[self::$lastAudit] = ['call' => $audit, 'number' => $number];
        return self::$lastAudit;
    }

    public static function forget(int $audit): void
    {
        unset(self::$audits[$audit]);
    }

    /** PHP keeps what it makes of a closure for C until it ends: there is one for all engines, told apart by `user`. */
    public static function listen(CData $config, int $audit): void
    {
        $ffi = self::get();
        if (self::$listener === null) {
            self::$listener = $ffi->new('struct { swt_audit_callback call; }');
            self::$listener->call = static fn (CData $user, CData $event) => self::tell($user, $event);
        }
        $user = $ffi->cast('void *', FFI::addr(self::$audits[$audit]['number']));
        self::check($ffi->swt_config_set_audit($config, self::$listener->call, $user));
    }

    /** An exception must not cross C. */
    private static function tell(CData $user, CData $event): void
    {
        try {
            $number = self::get()->cast('int64_t *', $user)[0];
            (self::$audits[$number]['call'])(self::read(self::get()->swt_event_json($event)));
        } catch (\Throwable $failed) {
            error_log('swt: the audit callback failed: ' . $failed->getMessage());
        }
    }
}

/** Arguments of one call in the form that C takes. They live as long as this object. Internal: see Swt.php. */
final class Arguments
{
    /** @var list<CData> */
    private array $kept = [];
    private FFI $ffi;

    public function __construct()
    {
        $this->ffi = Library::get();
    }

    /** A struct that begins with its own size. */
    public function struct(string $type, array $members): CData
    {
        $struct = $this->ffi->new($type);
        $struct->struct_size = FFI::sizeof($struct);
        foreach ($members as $name => $value) {
            $struct->$name = $value;
        }
        $this->kept[] = $struct;
        return FFI::addr($struct);
    }

    /** null is "not given", and '' is given and empty. */
    public function text(#[\SensitiveParameter] ?string $text): CData
    {
        $view = $this->ffi->new('swt_bytes');
        if ($text !== null) {
            $length = strlen($text);
            $this->kept[] = $bytes = $this->ffi->new('uint8_t[' . ($length + 1) . ']');
            FFI::memcpy($bytes, $text, $length);
            $view->data = $this->ffi->cast('uint8_t *', FFI::addr($bytes));
            $view->len = $length;
        }
        return $view;
    }

    public function json(#[\SensitiveParameter] array|object|string|null $value): CData
    {
        if ($value === null || is_string($value)) {
            return $this->text($value);
        }
        $flags = JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION;
        return $this->text(json_encode($value, $flags));
    }

    /** @param string|list<string>|null $texts */
    public function texts(string|array|null $texts): CData
    {
        $list = $this->ffi->new('swt_bytes_list');
        if ($texts !== null) {
            $texts = array_values((array) $texts);
            // One more, since items of an empty list must not be NULL: that would be "not given", any issuer would do.
            $this->kept[] = $items = $this->ffi->new('swt_bytes[' . (count($texts) + 1) . ']');
            foreach ($texts as $index => $text) {
                $items[$index] = $this->text($text);
            }
            $list->items = $this->ffi->cast('swt_bytes *', FFI::addr($items));
            $list->count = count($texts);
        }
        return $list;
    }

    /**
     * null is the default, which is 0 in C: a lifetime that was computed as 0 must not become one of 15 minutes. A
     * negative number is for C to refuse; one of 32 bits would be cut off.
     */
    public static function number(string $name, ?int $value, int $maximum = PHP_INT_MAX): int
    {
        if ($value === 0 || $value > $maximum || ($value < 0 && $maximum < PHP_INT_MAX)) {
            $message = "$name is out of its range; leave it out for the default";
            throw new UsageError(Library::ERR_ARGUMENT, $message);
        }
        return $value ?? 0;
    }

    public static function millis(string $name, int|float|\DateTimeInterface|null $moment): int
    {
        if ($moment === INF) {
            return Library::NO_END;
        }
        $millis = match (true) {
            $moment instanceof \DateTimeInterface => (float) $moment->format('Uv'),
            default => $moment === null ? null : floor($moment * 1000),
        };
        if ($millis !== null && !(abs($millis) < 2 ** 53)) {
            throw new UsageError(Library::ERR_ARGUMENT, "$name is out of its range");
        }
        return self::number($name, $millis === null ? null : (int) $millis);
    }
}

/** A C handle. It is freed by close, when the calls that use it are done, or else with this object. */
final class Native
{
    private ?CData $pointer = null;
    private bool $closed = false;
    private int $users = 0;

    /** @param callable(CData): int $make is given the address of the handle, and returns a status */
    public function __construct(private readonly string $noun, callable $make, private readonly ?int $audit = null)
    {
        $out = Library::get()->new("swt_$noun *");
        Library::check($make(FFI::addr($out)));
        $this->pointer = $out;
    }

    public function __destruct()
    {
        $this->close();
    }

    private function __clone()
    {
    }

    /**
     * Calls with null, NULL for C, after close: C answers that with an error. An audit callback may close the engine
     * that is in a call: it is freed after the call.
     *
     * @template T
     * @param callable(?CData): T $call
     * @return T
     */
    public function use(callable $call): mixed
    {
        $this->users++;
        try {
            return $call($this->closed ? null : $this->pointer);
        } finally {
            $this->users--;
            $this->freeIfUnused();
        }
    }

    public function close(): void
    {
        $this->closed = true;
        $this->freeIfUnused();
    }

    private function freeIfUnused(): void
    {
        if (!$this->closed || $this->users > 0 || $this->pointer === null) {
            return;
        }
        Library::get()->{"swt_{$this->noun}_free"}($this->pointer);
        $this->pointer = null;
        if ($this->audit !== null) {
            Library::forget($this->audit);
        }
    }
}
